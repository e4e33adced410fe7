import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { vi } from 'vitest'

import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { openEngine } from './open-engine.ts'
import { rememberedNames } from './numbered-turns.ts'
import { reliableSummarizer } from './reliable-summarizer.ts'
import { spawnScript } from './spawn-script.ts'
import { crashRules, sessionOf, toldTurns } from './told-turns.ts'

/** The result for one conversation. */
export interface KilledConversation {
  readonly step: number
  readonly wasKilled: boolean
  readonly acknowledged: readonly string[]
  /** The turns that a new store held. */
  readonly afterCrash: readonly string[]
  /** The turns that it held after the caller had retried every call that was not acknowledged. */
  readonly afterRetry: readonly string[]
  readonly summaryAfterRetry: string
}

/**
 * Kills a process at each step in turn, until one comes to the end of the conversation.
 *
 * @param stride The number of steps from one kill to the next.
 */
export async function* killAtEveryStep(
  dsn: string,
  kind: 'sound' | 'torn',
  stride = 1,
): AsyncGenerator<KilledConversation> {
  await using database = await openEngine(dsn)
  for (let step = 1; ; step += stride) {
    await using memory = await openMemoryStore({ database, ...crashRules(reliableSummarizer) })
    const conversation = await killAt(step, dsn, kind, memory)
    yield conversation
    if (!conversation.wasKilled) return
  }
}

async function killAt(
  step: number,
  dsn: string,
  kind: 'sound' | 'torn',
  memory: MemoryStore,
): Promise<KilledConversation> {
  const talker = spawnScript('conversation-to-be-killed.ts', [dsn, String(step), kind])
  const exited = once(talker, 'exit')
  const lines = (await text(talker.stdout)).trim()
  await exited
  if (talker.signalCode !== 'SIGKILL' && talker.exitCode !== 0) {
    throw new Error(`the conversation ended with code ${String(talker.exitCode)} at step ${step}`)
  }
  const session = sessionOf(String(step))
  const acknowledged = lines === '' ? [] : lines.split('\n')
  const afterCrash = rememberedNames(await memory.getLlmContext(session))
  for (const turn of toldTurns.slice(acknowledged.length)) await memory.addTurn(session, turn)
  // A claim of the dead process stands until its time is up.
  const context = await vi.waitUntil(
    async () => {
      const seen = await memory.getLlmContext(session)
      return seen.recentTurns.length <= 1 ? seen : undefined
    },
    { timeout: HANG_LIMIT_MS, interval: 10 },
  )
  return {
    step,
    wasKilled: talker.signalCode === 'SIGKILL',
    acknowledged,
    afterCrash,
    afterRetry: rememberedNames(context),
    summaryAfterRetry: context.summary,
  }
}
