import { join } from 'node:path'

import { HarborageSession } from '@harborage/openai-agents'
import { openFor, sharedPlaces } from '@harborage/test-kit/adapters/places'
import { startWorker } from '@harborage/test-kit/adapters/worker-process'
import { isFullRun, measure } from '@harborage/test-kit/measure'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { describe, expect, test } from 'vitest'

import { ann, BATCH_ITEMS, batchOf } from './support/batches.ts'
import { textOf } from './support/items.ts'

const WRITERS = 8
const BATCHES = measure({ quick: 10, full: 400 })
/** In a quick run on the first one. */
const testedPlaces = isFullRun ? sharedPlaces : sharedPlaces.slice(0, 1)

/** What processes did to one session. */
interface Written {
  /** The texts of its items. */
  readonly texts: readonly string[]
  /** The names of the batches that were acknowledged. */
  readonly acknowledged: readonly string[]
}

/** Has processes write at once, and kills every other one after a few of its batches. */
async function write(dsn: string, writers: number): Promise<Written> {
  const { journal } = await openFor(dsn)
  const workers = Array.from({ length: writers }, (_, writer) => {
    const args = [dsn, `${writer}`, `${BATCHES}`]
    const worker = startWorker(
      join(import.meta.dirname, 'support/batch-writer.ts'),
      args,
      (line) => {
        if (writer % 2 === 1 && line === `${3 + writer}`) worker.process.kill('SIGKILL')
      },
    )
    return worker
  })
  const lines = await Promise.all(workers.map((worker) => worker.lines))
  const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
  const acknowledged = lines.flatMap((own, writer) =>
    own.filter((line) => line !== 'open').map((batch) => `${writer}.${batch}`),
  )
  return { texts: await textsIn(session), acknowledged }
}

async function textsIn(session: HarborageSession): Promise<string[]> {
  return (await session.getItems()).map((item) => String(textOf(item)))
}

/** Returns the names of the batches that are whole and in one piece, and the number of others. */
function batchesIn(texts: readonly string[]): { whole: string[]; torn: number } {
  const whole: string[] = []
  let torn = 0
  for (let at = 0; at < texts.length;) {
    const name = texts[at]?.replace(/\.\d+$/, '') ?? ''
    const isWhole = Array.from({ length: BATCH_ITEMS }, (_, index) => `${name}.${index}`).every(
      (text, index) => texts[at + index] === text,
    )
    if (isWhole) whole.push(name)
    else torn += 1
    at += isWhole ? BATCH_ITEMS : 1
  }
  return { whole, torn }
}

describe.each(testedPlaces)('batches of items on $name', ({ makeDsn }) => {
  test(`of ${WRITERS} processes, some of which are killed, are never torn and each there once`, async () => {
    const { texts, acknowledged } = await write(await makeDsn(), WRITERS)
    const { whole, torn } = batchesIn(texts)
    expect(torn).toBe(0)
    expect(new Set(whole).size).toBe(whole.length)
    expect(whole).toEqual(expect.arrayContaining([...acknowledged]))
    // A batch whose process was killed before it was told of may be there as well.
    expect(whole.length - acknowledged.length).toBeLessThanOrEqual(WRITERS / 2)
  })
})

test('batches that are added item by item are found torn', async () => {
  const dsn = `sqlite:${join(await temporaryFolder(), 'agents.db')}`
  const writing = [0, 1].map(async (writer) => {
    const { journal } = await openFor(dsn)
    const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
    for (const item of batchOf(writer, 0)) await session.addItems([item])
  })
  await Promise.all(writing)
  const { journal } = await openFor(dsn)
  const session = new HarborageSession({ journal, owner: ann, sessionId: 's1' })
  expect(batchesIn(await textsIn(session)).torn).toBeGreaterThan(0)
})
