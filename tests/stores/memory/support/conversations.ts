import { readFile } from 'node:fs/promises'

import type { Identity } from '@harborage/core'
import type { ConversationTurn } from '@harborage/memory'
import { z } from 'zod'

import { randomSource } from '@harborage/test-kit/random-source'

/** A conversation from the outside: who had it and what was said. */
export interface RecordedConversation {
  readonly identity: Identity
  readonly turns: readonly ConversationTurn[]
}

const trajectories = z.array(
  z.object({
    task_id: z.number(),
    trial: z.number(),
    info: z.object({ task: z.object({ user_id: z.string() }) }),
    traj: z.array(z.object({ role: z.string(), content: z.string().nullish() })),
  }),
)

type Message = z.infer<typeof trajectories>[number]['traj'][number]

/** Reads recorded runs of a tool-calling agent: a turn for each message of the user. */
export async function readTrajectories(path: string): Promise<RecordedConversation[]> {
  const runs = trajectories.parse(JSON.parse(await readFile(path, 'utf8')))
  return runs.map(({ task_id, trial, info, traj }) => ({
    identity: {
      tenantId: 'airline',
      userId: info.task.user_id,
      sessionId: `task-${task_id}-trial-${trial}`,
    },
    turns: turnsOf(traj),
  }))
}

/** Returns the turns: a user message, and the last answer of the assistant before the next one. */
function turnsOf(messages: readonly Message[]): ConversationTurn[] {
  const turns: { userMessage: string; assistantResponse: string }[] = []
  for (const { role, content } of messages) {
    const last = turns.at(-1)
    if (role === 'user') turns.push({ userMessage: content ?? '', assistantResponse: '' })
    else if (role === 'assistant' && last !== undefined && content) last.assistantResponse = content
  }
  return turns
}

const WORDS = [
  'flight',
  'HAT136',
  'Seattle',
  'May',
  '20',
  'refund',
  'please',
  'bag.',
  'Why?',
  '行李',
]

/** Conversations of every length, with short and very long messages; the same for the same seed. */
export function generateConversations(count: number, seed: number): RecordedConversation[] {
  const random = randomSource(seed)
  const message = (): string => {
    const words = Math.floor(random() ** 3 * 400)
    return Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')
  }
  return Array.from({ length: count }, (_, index) => ({
    identity: { tenantId: 'generated', userId: `user-${index % 7}`, sessionId: `s${index}` },
    turns: Array.from({ length: index % 23 }, () => ({
      userMessage: message(),
      assistantResponse: message(),
    })),
  }))
}
