import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  codeOf,
  InvalidConfigError,
  isHarborageError,
  StoreUnavailableError,
} from '@harborage/core'

const OWNER_ONLY = 0o600

const NAMES_FOLDER = 'dsn names a folder: name a file in it'

/** Numbers by which Linux's statfs names file systems on which WAL's shared memory does not work. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
])

/**
 * Makes sure that the database file is there, readable by its owner only. An existing file is left as it is, and never
 * opened: closing it again would drop every lock that this process has on it, those of a connection that is open
 * included, and another process could then take itself for the only user and remove the log that is being written.
 *
 * @throws `invalid_config` if the path cannot be a database, `store_unavailable` if it cannot be opened now.
 */
export async function ensureDatabaseFile(path: string): Promise<void> {
  try {
    await refuseNetwork(dirname(path))
    await refuseSpecialFile(path)
    createIfMissing(path)
    // Behind a link it may lie elsewhere than its name.
    await refuseNetwork(path)
    await access(path, constants.R_OK | constants.W_OK)
  } catch (error) {
    throw explain(error)
  }
}

/** In one go, so that nothing else in this process has the new file open when it is closed. */
function createIfMissing(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', OWNER_ONLY))
}

async function refuseNetwork(place: string): Promise<void> {
  const { type } = await statfs(place)
  const network = NETWORK_FILE_SYSTEMS.get(type)
  if (network !== undefined) {
    throw new InvalidConfigError(
      `the database file lies on ${network}, where several processes would corrupt it: use a local disk, or Postgres`,
    )
  }
}

/** Opening a pipe waits for ever, and a device such as `/dev/null` keeps nothing. */
async function refuseSpecialFile(path: string): Promise<void> {
  if (path.endsWith('/')) throw new InvalidConfigError(NAMES_FOLDER)
  const found = await stat(path).catch(ifMissing)
  if (found === undefined || found.isFile()) return
  throw new InvalidConfigError(
    found.isDirectory()
      ? NAMES_FOLDER
      : 'dsn names something that is not a regular file: name a file on a local disk',
  )
}

function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}

function explain(error: unknown): Error {
  if (isHarborageError(error)) return error
  const code = codeOf(error) ?? 'unknown'
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
