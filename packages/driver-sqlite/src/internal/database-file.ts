import { open, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InvalidConfigError, StoreUnavailableError } from '@harborage/core'

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
    const { type } = await statfs(dirname(path))
    const network = NETWORK_FILE_SYSTEMS.get(type)
    if (network !== undefined) {
      throw new InvalidConfigError(
        `the database file lies on ${network}, where several processes would corrupt it: use a local disk, or Postgres`,
      )
    }
    const file = await open(path, 'a', OWNER_ONLY)
    await file.close()
  } catch (error) {
    throw explain(error)
  }
}

function explain(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InvalidConfigError(
        'the folder of the database file does not exist: make it first',
        {
          cause: error,
        },
      )
    case 'EISDIR':
      return new InvalidConfigError('dsn names a folder: name a file in it', { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOSPC':
      return new StoreUnavailableError(
        `the database file cannot be opened for writing (${code}): check its rights and the disk`,
        { cause: error, retryable: code === 'ENOSPC' },
      )
    default:
      return error
  }
}
