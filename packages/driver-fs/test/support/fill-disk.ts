// Started by a test with the disk, or the size of a file, limited to a few megabytes.
import { ArtifactStore } from '@harborage/artifacts'
import { openFsArtifactDriver } from '@harborage/driver-fs'
import { failureIn, type Failure } from './describe-failure.ts'
import { collect } from '@harborage/test-kit/collect'
import { temporaryFiles } from './temporary-files.ts'

/** The observations of a process that put larger and larger artifacts until one was rejected. */
export interface FullDiskAnswer {
  readonly failure: Failure | undefined
  readonly putBefore: number
  readonly readable: number
  readonly listed: number
  readonly temporary: readonly string[]
  readonly newScope: Failure | undefined
  readonly temporaryAfterNewScope: readonly string[]
  readonly readableAgain: boolean
}

const FIRST_BYTES = 16 * 1024
const ROUNDS = 10
const MOST_FILLS = 300

const [, , root = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }
// The waiting of puts is not tested here.
const driver = await openFsArtifactDriver({ dsn: root, retryTimeoutMs: 0 })
const artifacts = new ArtifactStore(driver)
const put: string[] = []
let failure: Failure | undefined
for (let round = 0; round < ROUNDS && failure === undefined; round += 1) {
  failure = await failureIn(async () => put.push((await putBytes(FIRST_BYTES * 2 ** round)).id))
}
// Down to the last kilobytes, so that not even a folder can be created.
for (let fill = 0; fill < MOST_FILLS; fill += 1) {
  if ((await failureIn(() => putBytes(4_000))) !== undefined) break
  put.push('')
}

const temporary = await temporaryFiles(root)
const newScope = await failureIn(() => putBytes(16 * 1024, { ...scope, tenantId: 'new' }))
const temporaryAfterNewScope = await temporaryFiles(root)
const ids = put.filter((id) => id !== '')
const contents = await Promise.all(ids.map((id) => artifacts.get(scope, id)))
const listed = await collect(artifacts.list(scope))

await artifacts.delete(scope, ids.at(-1) ?? '')
const small = await putBytes(FIRST_BYTES)
const answer: FullDiskAnswer = {
  failure,
  putBefore: put.length,
  readable: contents.filter((bytes) => bytes !== undefined).length + put.length - ids.length,
  listed: listed.length,
  temporary,
  newScope,
  temporaryAfterNewScope,
  readableAgain: (await artifacts.get(scope, small.id)) !== undefined,
}
console.log(JSON.stringify(answer))

function putBytes(size: number, at = scope) {
  const bytes = new Uint8Array(size)
  // No content twice.
  crypto.getRandomValues(bytes.subarray(0, 16))
  return artifacts.putBytes(at, bytes)
}
