import assert from 'node:assert/strict'
import type { MemoryStore } from '@harborage/memory'
import { newTurn, numbered, say } from './support/conversation.ts'
import { freshSession } from './support/fresh-session.ts'
import type { MemoryCases } from './support/memory-cases.ts'

const KEPT_TURNS = 200
const TURN_BYTES = 16 * 1024
const SAMPLES = 11

/**
 * What turns cost is a matter of benchmarks. But a driver that writes the whole conversation with each turn, or reads
 * it, takes hundreds of times as long here as one that does not, and no machine is as uneven as this.
 */
const MOST_TIMES = 12

/** M7: what it costs to add a turn does not grow with the turns that are kept. */
export function cost({ it }: MemoryCases): void {
  it('M7 a turn is added to a long conversation about as fast as to a short one', async ({
    open,
  }) => {
    const store = await open({ strategy: 'truncation' })
    const [long, short] = [freshSession(), freshSession()]
    await say(store, long, numbered(1, KEPT_TURNS).map(padded))
    await say(store, short, [padded('the only one')])
    const times = { long: new Array<number>(), short: new Array<number>() }
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      times.short.push(await timeToAdd(store, short))
      times.long.push(await timeToAdd(store, long))
    }
    const ratio = median(times.long) / median(times.short)
    assert.ok(ratio < MOST_TIMES, `it takes ${ratio.toFixed(1)} times as long`)
  })
}

function padded(text: string): string {
  return text.padEnd(TURN_BYTES, '.')
}

async function timeToAdd(
  store: MemoryStore,
  session: ReturnType<typeof freshSession>,
): Promise<number> {
  const turn = newTurn('one more')
  const start = performance.now()
  await store.addTurn(session, turn)
  return performance.now() - start
}

function median(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0
}
