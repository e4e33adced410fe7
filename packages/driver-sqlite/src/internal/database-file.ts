import { open, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HarborageError, InvalidConfigError, StoreUnavailableError } from '@harborage/core'

const OWNER_ONLY = 0o600

/** Numbers by which Linux's statfs names file systems on which WAL's shared memory does not work. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
])

/**
 * Makes sure that the database file is there, readable by its owner only. An existing file is left as it is.
 *
 * @throws `invalid_config` if the path cannot be a database, `store_unavailable` if it cannot be opened now.
 */
export async function ensureDatabaseFile(path: string): Promise<void> {
  try {
    await refuseNetwork(dirname(path))
    await refuseSpecialFile(path)
    const file = await open(path, 'a', OWNER_ONLY)
    await file.close()
  } catch (error) {
    throw explain(error)
  }
}

async function refuseNetwork(folder: string): Promise<void> {
  const { type } = await statfs(folder)
  const network = NETWORK_FILE_SYSTEMS.get(type)
  if (network !== undefined) {
    throw new InvalidConfigError(
      `the database file lies on ${network}, where several processes would corrupt it: use a local disk, or Postgres`,
    )
  }
}

/** Opening a pipe waits for ever, and a device such as `/dev/null` keeps nothing. */
async function refuseSpecialFile(path: string): Promise<void> {
  const found = await stat(path).catch(ifMissing)
  if (found === undefined || found.isFile()) return
  throw new InvalidConfigError(
    found.isDirectory()
      ? 'dsn names a folder: name a file in it'
      : 'dsn names something that is not a regular file: name a file on a local disk',
  )
}

function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}

function explain(error: unknown): Error {
  if (error instanceof HarborageError) return error
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InvalidConfigError(
        'the folder of the database file does not exist: make it first',
        { cause: error },
      )
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return new InvalidConfigError(`the path of the database cannot be followed (${code})`, {
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StoreUnavailableError(
        `the database file cannot be opened for writing (${code}): check its rights and the disk`,
        { cause: error, retryable: false },
      )
    default:
      return new StoreUnavailableError(
        `the database file cannot be opened (${code}): see the cause`,
        { cause: error },
      )
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
