// Started by a test with a low limit of open files, most of which other code uses.
import { closeSync, openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { ArtifactStore } from '@harborage/artifacts'
import { isHarborageError } from '@harborage/core'
import { openFsArtifactDriver } from '@harborage/driver-fs'

import { collect } from '@harborage/test-kit/collect'
import { temporaryFiles } from './temporary-files.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

/** The outcomes of calls with few files left, or none. */
export interface LastFilesAnswer {
  /**
   * The outcomes of deleteAll with three artifacts, by the number of files left: its result or
   * code, and what remained. Then, repeated with enough files, the result and the content of
   * `temporary/`.
   */
  readonly scarce: readonly {
    left: number
    answer: number | string
    remaining: number
    repeated: number
    temporary: readonly string[]
  }[]
  /** The outcomes of calls that began with no file left. */
  readonly waited: Readonly<Record<string, unknown>>
}

const [, , root = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

async function open(retryTimeoutMs: number): Promise<ArtifactStore> {
  return new ArtifactStore(await openFsArtifactDriver({ dsn: root, retryTimeoutMs }))
}

/** Opens files until only the given number is left, and returns the function that closes them. */
function takeAllBut(left: number): () => void {
  const taken: number[] = []
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch {
    for (const file of taken.splice(0, left)) closeSync(file)
  }
  return () => {
    for (const file of taken) closeSync(file)
  }
}

// Files that the process opens on first use are open by now.
const impatient = await open(0)
await impatient.putText(scope, 'first')
await deleteSession(impatient, scope)

const scarce: LastFilesAnswer['scarce'][number][] = []
for (const left of [0, 1, 2, 3, 4]) {
  for (const text of ['a', 'b', 'c']) await impatient.putText(scope, text)
  const giveBack = takeAllBut(left)
  const answer = await deleteSession(impatient, scope).catch((error: unknown) => {
    if (isHarborageError(error)) return error.code
    throw error
  })
  giveBack()
  const remaining = (await collect(impatient.list(scope))).length
  const repeated = await deleteSession(impatient, scope)
  scarce.push({ left, answer, remaining, repeated, temporary: await temporaryFiles(root) })
}

const patient = await open(60_000)
const { id } = await patient.putText(scope, 'text')

/** Begins a call when no file is left, and closes files a little later. */
async function whenNoneIsLeft<Result>(call: () => Promise<Result>): Promise<Result> {
  const giveBack = takeAllBut(0)
  const calling = call()
  await delay(50)
  giveBack()
  return calling
}

const waited = {
  get: await whenNoneIsLeft(() => patient.getText(scope, id)),
  list: (await whenNoneIsLeft(() => collect(patient.list(scope)))).length,
  put: await whenNoneIsLeft(async () => {
    await patient.putText(scope, 'another')
    return 'done'
  }),
  deleteAll: await whenNoneIsLeft(() => deleteSession(patient, scope)),
}
const answer: LastFilesAnswer = { scarce, waited }
console.log(JSON.stringify(answer))
