// One of several processes that add turns to one conversation; started, killed and started again by
// replicas.ts.
import { flushCompileCache } from 'node:module'

import { setTimeout as delay } from 'node:timers/promises'

import { isHarborageError, newEventId } from '@harborage/core'
import { openMemoryStore, type ConversationTurn } from '@harborage/memory'

import { writeLine } from '@harborage/test-kit/write-line'
import { openEngine } from './open-engine.ts'
import { lastNumberOf, numberedTurn, rememberedNames } from './numbered-turns.ts'
import { randomSource } from '@harborage/test-kit/random-source'
import { replicaRules, session } from './replica-rules.ts'
import { unreliableSummarizer } from './unreliable-summarizer.ts'

const [, , dsn = '', speaker = '', turns = '', seed = ''] = process.argv
const tell = (line: string): void => writeLine(1, line)
const isPatient = ['c', 'd'].includes(speaker)
const watch = {
  began: () => tell('fold'),
  wasGiven: (faults: readonly string[]) => faults.forEach((fault) => tell(`fault ${fault}`)),
}
const random = randomSource(Number(seed))
const summarizer = unreliableSummarizer(random, watch, isPatient ? 0.1 : 0)
await using database = await openEngine(dsn)
flushCompileCache()
await using memory = await openMemoryStore({
  database,
  ...replicaRules(summarizer, isPatient),
})

const remembered = rememberedNames(await memory.getLlmContext(session))
for (let n = lastNumberOf(speaker, remembered) + 1; n <= Number(turns); n += 1) {
  await foldsKeepUp()
  const began = process.hrtime.bigint()
  await addUntilAcknowledged({ ...numberedTurn(speaker, n), turnId: newEventId() })
  tell(`added ${speaker}${n} ${began} ${process.hrtime.bigint()}`)
}
await memory.settled()

/** Waits until few turns are unfolded. Without this, adding would end before much is folded. */
async function foldsKeepUp(attempts = 2_000): Promise<void> {
  const { recentTurns } = await memory.getLlmContext(session)
  if (recentTurns.length <= 48) return
  await delay(5)
  if (attempts === 0) throw new Error(`no process folds: ${recentTurns.length} turns wait`)
  await foldsKeepUp(attempts - 1)
}

async function addUntilAcknowledged(turn: ConversationTurn): Promise<void> {
  try {
    await memory.addTurn(session, turn)
  } catch (error) {
    if (!isHarborageError(error) || !error.retryable) throw error
    await addUntilAcknowledged(turn)
  }
}
