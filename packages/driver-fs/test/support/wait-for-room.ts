// Started by a test with a disk of a few megabytes: fills it, and frees it while a put is waiting.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { failureIn, type Failure } from './describe-failure.ts'
import { openArtifacts } from './open-artifacts.ts'

/** The outcome of a put that began when the disk was full. */
export interface WaitForRoomAnswer {
  readonly wasFull: boolean
  readonly failure: Failure | undefined
  readonly isThere: boolean
}

const DISK_BYTES = 2 * 1024 * 1024

/** Far less than a put waits by default. */
const FULL_MS = 100

const [, , root = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }
const artifacts = await openArtifacts(root)
const ballast = join(root, 'ballast')
const wasFull = await writeFile(ballast, new Uint8Array(2 * DISK_BYTES)).then(
  () => false,
  () => true,
)
let id = ''
const putting = failureIn(async () => {
  id = (await artifacts.putBytes(scope, new Uint8Array(64 * 1024))).id
})
await delay(FULL_MS)
await rm(ballast)
const failure = await putting
const isThere = (await artifacts.get(scope, id)) !== undefined
const answer: WaitForRoomAnswer = { wasFull, failure, isThere }
console.log(JSON.stringify(answer))
