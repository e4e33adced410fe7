import { hash } from 'node:crypto'
import { basename, extname, resolve } from 'node:path'
import { counted } from '../account/numbers.ts'
import { BadInput } from '@harborage/example-kit/bad-input'
import type { StepResult } from '../slots.ts'
import { describeTally, tally } from '../tools/tally.ts'
import { z } from 'zod'
import { identityText } from './identity-text.ts'
import { readTranscript, type Message, type Transcript } from './transcript.ts'
import type { SessionToDo, Toolbox, Workload } from './workload.ts'

interface Conversation {
  readonly userId: string
  readonly sessionId: string
  readonly messages: readonly Message[]
}

/** The data that is stored along with a message. */
const output = z.object({
  words: z.int(),
  /** The tools that the message calls, or the one whose result it is. */
  tools: z.array(z.string()),
})

/**
 * Returns the work in a transcript: a session per conversation with one task, a step per message.
 */
export async function transcriptWorkload(file: string, mostRuns?: number): Promise<Workload> {
  const path = resolve(file)
  const transcript = await readTranscript(file)
  const found = conversationsOf(transcript, path)
  const conversations = found.slice(0, mostRuns)
  return {
    ...toolboxOf(conversations),
    source: { type: 'transcript', path },
    summary:
      conversations.length === found.length
        ? counted(found.length, 'conversation')
        : `the first ${conversations.length} of ${counted(found.length, 'conversation')}`,
    home: {
      tenantId: transcript.type === 'runs' ? 'airline' : 'transcript',
      userId: 'agent-run',
      sessionId: identityText(`manifest:${basename(path)}`),
    },
    sessions: conversations.map(sessionOf),
  }
}

/** Returns the toolbox for the steps of a transcript's workload. */
export async function transcriptToolbox(path: string): Promise<Toolbox> {
  return toolboxOf(conversationsOf(await readTranscript(path), path))
}

function conversationsOf(transcript: Transcript, path: string): Conversation[] {
  if (transcript.type === 'conversation') {
    const name = identityText(basename(path, extname(path)))
    return [{ userId: name, sessionId: name, messages: transcript.messages }]
  }
  const conversations = transcript.runs
    .filter(({ traj }) => traj.length > 0)
    .map(({ task_id, trial, info, traj }) => ({
      userId: identityText(info.task.user_id),
      sessionId: identityText(`task-${task_id}-trial-${trial}`),
      messages: traj,
    }))
  mustDiffer(conversations, path)
  return conversations
}

function mustDiffer(conversations: readonly Conversation[], path: string): void {
  const seen = new Set<string>()
  for (const { sessionId } of conversations) {
    if (seen.has(sessionId)) {
      throw new BadInput(`The transcript ${path} holds two runs that are ${sessionId}.`)
    }
    seen.add(sessionId)
  }
}

function sessionOf({ userId, sessionId, messages }: Conversation): SessionToDo {
  const steps = messages.map(({ role }, index) => ({
    action: `${role} message`,
    target: targetOf(sessionId, index),
  }))
  return { userId, sessionId, tasks: [{ runId: 'conversation', steps }] }
}

function targetOf(sessionId: string, index: number): string {
  return `${sessionId}#${index + 1}`
}

function toolboxOf(conversations: readonly Conversation[]): Toolbox {
  const messages = new Map(
    conversations.flatMap(({ sessionId, messages: held }) =>
      held.map((message, index) => [targetOf(sessionId, index), message] as const),
    ),
  )
  return {
    async use({ action, target }): Promise<StepResult> {
      const message = messages.get(target)
      if (message === undefined) {
        return { action, target, inputSha256: '', bytes: 0, output: { error: 'no such message' } }
      }
      const bytes = Buffer.from(JSON.stringify(message))
      return {
        action,
        target,
        inputSha256: hash('sha256', bytes),
        bytes: bytes.byteLength,
        output: { message, words: wordsIn(message.content), tools: toolsIn(message) },
      }
    },
    summarize(_action, outputs) {
      const stored = outputs.map((each) => output.parse(each))
      const words = counted(
        stored.reduce((total, each) => total + each.words, 0),
        'word',
      )
      const tools = describeTally(tally(stored.flatMap((each) => each.tools)))
      return tools === '' ? words : `${words}; ${tools}`
    },
  }
}

function wordsIn(content: Message['content']): number {
  const text = typeof content === 'string' ? content : JSON.stringify(content ?? '')
  return text.match(/[\p{Letter}\p{Number}]+/gu)?.length ?? 0
}

function toolsIn({ role, name, tool_calls }: Message): string[] {
  if (role === 'tool') return name === undefined ? [] : [name]
  return (tool_calls ?? []).map((call) => call.function.name)
}
