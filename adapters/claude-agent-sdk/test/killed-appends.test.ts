import { foldSessionSummary } from '@anthropic-ai/claude-agent-sdk'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { openFor, sharedPlaces } from '@harborage/test-kit/adapters/places'
import { startWorker } from '@harborage/test-kit/adapters/worker-process'
import { isFullRun, measure } from '@harborage/test-kit/measure'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { batchOf } from './support/appended-batches.ts'
import { ann, keyOf, PROJECT, subKeyOf, textsOf } from './support/entries.ts'

const WRITERS = measure({ quick: 3, full: 8 })
const BATCHES = measure({ quick: 12, full: 200 })
const script = join(import.meta.dirname, 'support/appender.ts')
const main = keyOf('s1')

/** In a quick run on the first one. */
const testedPlaces = isFullRun ? sharedPlaces : sharedPlaces.slice(0, 1)

describe.each(testedPlaces)('appends of processes that are killed, on $name', ({ makeDsn }) => {
  test('are all there once they were acknowledged, and in the summary, and none is torn', async () => {
    const dsn = await makeDsn()
    // Makes the tables, so that the processes need not.
    const store = new HarborageSessionStore({ ...(await openFor(dsn)), owner: ann })
    const workers = Array.from({ length: WRITERS }, (_, writer) => {
      const worker = startWorker(script, [dsn, `${writer}`, `${BATCHES}`], (line) => {
        if (writer > 0 && line === `${3 + writer}`) worker.process.kill('SIGKILL')
      })
      return worker
    })
    const told = await Promise.all(workers.map(({ lines }) => lines))
    expect(told[0]).toHaveLength(BATCHES + 1)

    const inMain = textsOf(await store.load(main))
    for (const [writer, lines] of told.entries()) {
      const sub = textsOf(await store.load(subKeyOf('s1', `${writer}`)))
      const acknowledged = lines.filter((line) => line !== 'open').map(Number)
      for (const batch of acknowledged) {
        const texts = textsOf(batchOf(writer, batch))
        expect(isInOnePiece(batch % 2 === 0 ? inMain : sub, texts)).toBe(true)
      }
      // A batch whose process was killed before it was told of may be there as well.
      const ofWriter = inMain.filter((text) => text.startsWith(`${writer}.`))
      const count = (ofWriter.length + sub.length) / 3
      expect([acknowledged.length, acknowledged.length + 1]).toContain(count)
    }
    expect(new Set(inMain).size).toBe(inMain.length)

    const entries = (await store.load(main)) ?? []
    const [summary] = await store.listSessionSummaries(PROJECT)
    expect(summary?.data).toEqual(foldSessionSummary(undefined, main, entries).data)
  })
})

/** Returns whether texts stand in a row, once. */
function isInOnePiece(all: readonly unknown[], texts: readonly unknown[]): boolean {
  const [first] = texts
  const at = all.indexOf(first)
  return at !== -1 && texts.every((text, index) => all[at + index] === text)
}
