// Started by stranger.ts. Loads everything before it drops its rights: another user may not be able
// to read the sources.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isHarborageError } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'

import type { Rights } from './stranger.ts'

const STRANGER = 65_534

const [, , folder = '', json = ''] = process.argv
const rights = JSON.parse(json) as Rights
const dsn = join(folder, 'a.db')
if (rights.file !== undefined) {
  writeFileSync(dsn, '')
  chmodSync(dsn, rights.file)
}
chmodSync(folder, rights.folder)
const uid = process.getuid?.()
// Also for the real user: access checks use it instead of the effective user.
if (uid === 0) process.setuid?.(STRANGER)
try {
  await (await openSqlite({ dsn })).close()
  console.log(JSON.stringify({}))
} catch (error) {
  if (!isHarborageError(error)) throw error
  const { code, retryable, message } = error
  console.log(JSON.stringify({ code, retryable, message }))
} finally {
  if (uid !== 0) chmodSync(folder, 0o700)
}
