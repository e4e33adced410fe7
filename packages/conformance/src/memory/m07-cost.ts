import assert from 'node:assert/strict'
import type { MemoryStore } from '@harborage/memory'
import { newTurn, numberedTexts, addTurns } from './support/conversation.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { MemoryCases } from './support/memory-cases.ts'

const KEPT_TURNS = 200
const TURN_BYTES = 16 * 1024
const SAMPLES = 11

/**
 * The largest allowed ratio. Benchmarks measure the exact cost. But a driver that writes or reads
 * the whole conversation with each turn takes hundreds of times as long here, which is far more
 * than the variation of any machine.
 */
const MAX_RATIO = 12

/** Registers the case of M7: the cost of adding a turn does not grow with the stored turns. */
export function cost({ it }: MemoryCases): void {
  it('M7 a turn is added to a long conversation about as fast as to a short one', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const [long, short] = [freshIdentity(), freshIdentity()]
    await addTurns(store, long, numberedTexts(1, KEPT_TURNS).map(padded))
    await addTurns(store, short, [padded('the only one')])
    const times = { long: new Array<number>(), short: new Array<number>() }
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      times.short.push(await timeToAdd(store, short))
      times.long.push(await timeToAdd(store, long))
    }
    const ratio = median(times.long) / median(times.short)
    assert.ok(ratio < MAX_RATIO, `it takes ${ratio.toFixed(1)} times as long`)
  })
}

function padded(text: string): string {
  return text.padEnd(TURN_BYTES, '.')
}

async function timeToAdd(
  store: MemoryStore,
  session: ReturnType<typeof freshIdentity>,
): Promise<number> {
  const turn = newTurn('one more')
  const start = performance.now()
  await store.addTurn(session, turn)
  return performance.now() - start
}

function median(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0
}
