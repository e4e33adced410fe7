// Run by a test and by measure/listing.ts, with --expose-gc: walks a long list and tells how much
// of it was in memory.
import { openArtifactStore } from '@harborage/artifacts'

import { listedSession } from './fill-with-artifacts.ts'
import { loadDriver } from './load-driver.ts'

/** What a walk took. */
export interface ListingAnswer {
  readonly count: number
  /** By how much the memory in use rose at most, looked at every 200 refs. */
  readonly peakBytes: number
  readonly tookMs: number
}

const LOOK_EVERY = 200

const [, , dsn = ''] = process.argv
await loadDriver(dsn)
await using artifacts = await openArtifactStore({ dsn })
// The first page loads and compiles.
for await (const ref of artifacts.list(listedSession)) if (ref.id !== '') break
const before = usedBytes()
let count = 0
let peakBytes = 0
const started = performance.now()
for await (const ref of artifacts.list(listedSession)) {
  count += 1
  if (count % LOOK_EVERY === 0) peakBytes = Math.max(peakBytes, usedBytes() - before)
  if (ref.filename === '') throw new Error('a ref came back without its name')
}
const tookMs = performance.now() - started
const answer: ListingAnswer = { count, peakBytes, tookMs }
console.log(JSON.stringify(answer))

function usedBytes(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
