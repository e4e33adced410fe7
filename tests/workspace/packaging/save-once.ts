/**
 * A script of a project that saves one record into a new SQLite file, and prints what came of it
 * and which files there are then. It takes the path of the file.
 */
export const saveOnce: string = `
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import '@harborage/driver-sqlite'
import { isHarborageError, newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'

const path = process.argv[2]
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
let outcome
try {
  const state = await openStateStore({ dsn: 'sqlite:' + path })
  outcome = await state.save({ eventId: newEventId(), identity, kind: 'note', bytes: new Uint8Array(1) })
  await state.close()
} catch (error) {
  if (!isHarborageError(error)) throw error
  outcome = error.code + ': ' + error.message
}
const folder = dirname(path)
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(basename(path))) : []
console.log(JSON.stringify({ outcome, files }))
`

/**
 * What a user's own test under Jest does with new files: Node's errors are of another realm there.
 */
export const jestTest: string = `
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@harborage/driver-fs'
import '@harborage/driver-sqlite'
import { openArtifactStore } from '@harborage/artifacts'
import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { expect, test } from '@jest/globals'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

test('keeps what it is given in new files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-jest-consumer-'))
  const state = await openStateStore({ dsn: 'sqlite:' + join(folder, 'new.db') })
  const record = { eventId: newEventId(), identity, kind: 'note', bytes: new Uint8Array([1, 2]) }
  expect(await state.save(record)).toBe('saved')
  expect((await state.load(identity, 'note')).bytes).toEqual(record.bytes)
  await state.close()
  const artifacts = await openArtifactStore({ dsn: 'fs:' + join(folder, 'artifacts') })
  const { id } = await artifacts.putText(identity, 'heavy output')
  expect(await artifacts.getText(identity, id)).toBe('heavy output')
  await artifacts.close()
})
`
