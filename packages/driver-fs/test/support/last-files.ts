// Run by a test in a process that may have few files open, most of which other code takes.
import { closeSync, openSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { ArtifactStore } from '@harborage/artifacts'
import { isHarborageError } from '@harborage/core'
import { openFsArtifactDriver } from '@harborage/driver-fs'

import { collect } from '@harborage/test-kit/collect'
import { temporaryFiles } from './temporary-files.ts'

/** What came of calls while there were few files left, or none. */
export interface LastFilesAnswer {
  /**
   * Of deleteScope of three artifacts, by how many files were left: its answer or code, and what
   * was there then; and after it was repeated with files again, the answer and what lay in
   * `temporary/`.
   */
  readonly scarce: readonly {
    left: number
    answer: number | string
    remaining: number
    repeated: number
    temporary: readonly string[]
  }[]
  /** Of calls that began when none was left. */
  readonly waited: Readonly<Record<string, unknown>>
}

const [, , root = ''] = process.argv
const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

async function open(retryTimeoutMs: number): Promise<ArtifactStore> {
  return new ArtifactStore(await openFsArtifactDriver({ dsn: root, retryTimeoutMs }))
}

/** Opens files until only so many are left, and returns how to close them. */
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

// Whatever the process opens when it does something for the first time is open by now.
const impatient = await open(0)
await impatient.putText(scope, 'first')
await impatient.deleteScope(scope)

const scarce: LastFilesAnswer['scarce'][number][] = []
for (const left of [0, 1, 2, 3, 4]) {
  for (const text of ['a', 'b', 'c']) await impatient.putText(scope, text)
  const giveBack = takeAllBut(left)
  const answer = await impatient.deleteScope(scope).catch((error: unknown) => {
    if (isHarborageError(error)) return error.code
    throw error
  })
  giveBack()
  const remaining = (await collect(impatient.list(scope))).length
  const repeated = await impatient.deleteScope(scope)
  scarce.push({ left, answer, remaining, repeated, temporary: await temporaryFiles(root) })
}

const patient = await open(60_000)
const { id } = await patient.putText(scope, 'text')

/** Begins a call when no file is left, and gives them back a little later. */
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
  deleteScope: await whenNoneIsLeft(() => patient.deleteScope(scope)),
}
const answer: LastFilesAnswer = { scarce, waited }
console.log(JSON.stringify(answer))
