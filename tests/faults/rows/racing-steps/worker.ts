/** Steps, commits and single calls over the same few rows, as fast as they go. */
import { commitTogether, isHarborageError, newEventId } from '@harborage/core'
import { Random } from '../../harness/random.ts'
import { serve, workerConfig } from '../../harness/serve.ts'
import { openStepStores } from '../torn-steps/step-lane.ts'
import { CHAIN, identity, session, slots, STREAM } from './shared-rows.ts'

const { dsn, seed } = workerConfig<{ readonly dsn: string; readonly seed: number }>()

const CALLERS = 4

const stores = await openStepStores(dsn)

/** What a call added to what all processes share. */
interface Added {
  /** Turns outside of the chain. */
  readonly turns: number
  readonly entries: number
}

/** What the callers of a process did. */
export interface RaceAnswer extends Added {
  readonly acknowledged: number
  readonly violations: readonly string[]
}

serve({
  async run(calls: number): Promise<RaceAnswer> {
    const callers = Array.from({ length: CALLERS }, (_, caller) =>
      runCaller(new Random(seed * CALLERS + caller), Math.ceil(calls / CALLERS)),
    )
    const answers = await Promise.all(callers)
    return {
      acknowledged: answers.reduce((sum, each) => sum + each.acknowledged, 0),
      turns: answers.reduce((sum, each) => sum + each.turns, 0),
      entries: answers.reduce((sum, each) => sum + each.entries, 0),
      violations: answers.flatMap(({ violations }) => violations),
    }
  },
})

async function runCaller(random: Random, calls: number): Promise<RaceAnswer> {
  let [acknowledged, turns, entries] = [0, 0, 0]
  const violations: string[] = []
  for (let call = 0; call < calls; call += 1) {
    try {
      const added = await make(random)
      turns += added.turns
      entries += added.entries
      acknowledged += 1
    } catch (error) {
      // Another caller extended the chain.
      if (isHarborageError(error, 'condition_failed')) continue
      const code = isHarborageError(error) ? error.code : 'no HarborageError'
      violations.push(`a call fails with ${code}: ${String(error)}`)
    }
  }
  return { acknowledged, turns, entries, violations }
}

/** Makes a random call, and resolves to what it added. */
async function make(random: Random): Promise<Added> {
  const { state, artifacts, memory, journal } = stores
  const turn = { userMessage: 'other', assistantResponse: '' }
  const bytes = Buffer.from(newEventId())
  const record = (kind: string) => ({ eventId: newEventId(), identity, kind, bytes })
  // Both halves are always written together, in any order.
  const half = random.below(2) === 0 ? slots : slots.toReversed()
  const output = `output ${random.below(4)}`
  const entry = { entryId: newEventId(), bytes }
  switch (random.below(6)) {
    case 0:
      await state.commit({ save: half.map(record) })
      return { turns: 0, entries: 0 }
    case 1:
      await artifacts.putText(session, output)
      return { turns: 0, entries: 0 }
    case 2:
      await memory.addTurn(identity, turn)
      return { turns: 1, entries: 0 }
    case 3:
      await journal.append(session, STREAM, [entry])
      return { turns: 0, entries: 1 }
    case 4: {
      const held = await state.load(identity, CHAIN)
      const link = Number(held === undefined ? 0 : Buffer.from(held.bytes)) + 1
      await commitTogether({
        stepId: newEventId(),
        parts: {
          turn: memory.prepare.addTurn(identity, { ...turn, userMessage: `link ${link}` }),
          chain: state.prepare.save(
            { ...record(CHAIN), bytes: Buffer.from(String(link)) },
            { ifEventId: held?.eventId ?? null },
          ),
          ...Object.fromEntries(half.map((kind) => [kind, state.prepare.save(record(kind))])),
        },
      })
      return { turns: 0, entries: 0 }
    }
    default:
      await commitTogether({
        ...(random.below(2) === 0 && { stepId: newEventId() }),
        parts: {
          ...Object.fromEntries(half.map((kind) => [kind, state.prepare.save(record(kind))])),
          turn: memory.prepare.addTurn(identity, turn),
          output: artifacts.prepare.putText(session, output),
          event: journal.prepare.append(session, STREAM, [entry]),
        },
      })
      return { turns: 1, entries: 1 }
  }
}
