// Run by a test and by measure/large-artifacts.ts: puts or gets one large artifact and tells what
// that took.
import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'

import { openArtifactStore } from '@harborage/artifacts'

import { loadDriver } from './load-driver.ts'
import { randomContent } from './random-content.ts'

/** What the work took, in bytes and milliseconds. */
export interface LargeArtifactAnswer {
  readonly id: string
  /** By how much the resident memory rose at most during the call. */
  readonly peakBytes: number
  /** The same with the bytes that the caller made for a put. */
  readonly peakWithDataBytes: number
  readonly stallMs: number
  readonly tookMs: number
}

const RESOLUTION_MS = 1

const [, , dsn = '', work = 'put', size = '', id = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }
await loadDriver(dsn)
await using artifacts = await openArtifactStore({ dsn, maxBytes: Number(size) })
// Code that the first call loads or compiles does not count toward the memory of the bytes.
const small = await artifacts.putText(scope, 'warm up')
await artifacts.get(scope, small.id)

const empty = process.memoryUsage.rss()
const data = work === 'put' ? await randomContent(Number(size)) : undefined
const before = process.memoryUsage.rss()
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
// A stall is measured from one turn of the event loop to the next.
await setTimeout(20 * RESOLUTION_MS)
const started = performance.now()
const answered = data === undefined ? id : (await artifacts.putBytes(scope, data)).id
const got = data === undefined ? await artifacts.get(scope, id) : data
const tookMs = performance.now() - started
await setTimeout(20 * RESOLUTION_MS)
delay.disable()
if (got?.byteLength !== Number(size)) throw new Error('the artifact came back as something else')
const peak = await peakOfThisProgram()
const answer: LargeArtifactAnswer = {
  id: answered,
  peakBytes: peak - before,
  peakWithDataBytes: peak - empty,
  stallMs: delay.max / 1e6 - RESOLUTION_MS,
  tookMs,
}
console.log(JSON.stringify(answer))

/**
 * Resolves to the largest resident memory. That of `resourceUsage` counts the process that started
 * this one, too: on Linux it is kept when a program is loaded.
 */
async function peakOfThisProgram(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const [, kibibytes = process.resourceUsage().maxRSS] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  return Number(kibibytes) * 1024
}
