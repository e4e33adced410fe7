import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { BadInput } from '@harborage/example-kit/bad-input'

// Other properties of a message are kept.
const message = z
  .object({
    role: z.string().min(1),
    content: z.union([z.string(), z.array(z.json()), z.null()]).exactOptional(),
    /** Of a tool's message: which tool answered. */
    name: z.string().exactOptional(),
    tool_calls: z
      .array(
        z
          .object({ function: z.object({ name: z.string() }).catchall(z.json()) })
          .catchall(z.json()),
      )
      .nullable()
      .exactOptional(),
  })
  .catchall(z.json())
export type Message = z.output<typeof message>

const idNumber = z.union([z.int(), z.string()])
const recordedRun = z.object({
  task_id: idNumber,
  trial: idNumber,
  info: z.object({ task: z.object({ user_id: z.string() }) }),
  traj: z.array(message),
})
export type RecordedRun = z.output<typeof recordedRun>

const conversation = z.array(message)

/** A chat transcript in the message format of OpenAI: one conversation, or many recorded runs. */
export type Transcript =
  | { readonly type: 'conversation'; readonly messages: readonly Message[] }
  | { readonly type: 'runs'; readonly runs: readonly RecordedRun[] }

/**
 * Reads a transcript: an array of messages, `{ messages: [...] }`, or an array of runs with `traj`.
 */
export async function readTranscript(path: string): Promise<Transcript> {
  const transcript = understand(await readJson(path), path)
  const empty =
    transcript.type === 'conversation'
      ? transcript.messages.length === 0
      : transcript.runs.every(({ traj }) => traj.length === 0)
  if (empty) throw new BadInput(`The transcript ${path} holds no messages.`)
  return transcript
}

async function readJson(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    const reason = code === 'ENOENT' ? 'there is no such file' : code
    throw new BadInput(`The transcript ${path} cannot be read: ${reason}.`, { cause })
  }
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (cause) {
    throw new BadInput(`The transcript ${path} is not valid JSON.`, { cause })
  }
}

function understand(value: unknown, path: string): Transcript {
  const list = z.array(z.unknown()).safeParse(value)
  if (list.success && isRecordedRun(list.data[0])) {
    const runs = z.array(recordedRun).safeParse(value)
    if (runs.success) return { type: 'runs', runs: runs.data }
    throw malformed(path, runs.error)
  }
  const messages = list.success
    ? conversation.safeParse(value)
    : z
        .object({ messages: conversation })
        .transform((wrapped) => wrapped.messages)
        .safeParse(value)
  if (messages.success) return { type: 'conversation', messages: messages.data }
  throw malformed(path, messages.error)
}

function isRecordedRun(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'traj' in value
}

function malformed(path: string, error: z.ZodError): BadInput {
  const [issue] = error.issues
  const place = issue?.path.map(String).join('.') || 'its top'
  return new BadInput(
    `The transcript ${path} is malformed at ${place}: ${issue?.message ?? 'unknown fault'}.\n` +
      'It has to be an array of messages, { "messages": [...] }, or an array of runs with "traj".',
  )
}
