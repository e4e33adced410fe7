import { constants, type Stats } from 'node:fs'
import { access, realpath, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf, type Objection, refusal, unavailable } from '@harborage/core/kit'
import { isMountPoint } from './is-mount-point.ts'

/**
 * Numbers by which Linux's statfs names file systems on which WAL's shared memory does not work.
 */
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
 * Examines the place of a database file, and changes nothing there. The file is never opened:
 * closing it again would drop every lock that this process has on it, those of a connection that is
 * open included, and another process could then take itself for the only user and remove the log
 * that is being written.
 */
export async function examinePlace(path: string): Promise<Objection[]> {
  try {
    if (path.endsWith('/')) return [namesFolder()]
    const folder = dirname(path)
    const network = await onNetwork(folder)
    const found = await stat(path).catch(ifMissing)
    if (found === undefined) {
      if (network.length === 0) await access(folder, constants.W_OK | constants.X_OK)
      return network
    }
    if (!found.isFile()) return [found.isDirectory() ? namesFolder() : notRegular()]
    return [...network, ...(await examineFile(path, found))]
  } catch (error) {
    return [explain(error)]
  }
}

/** Turns what came of a system call on the place into an objection. */
export function explain(error: unknown): Objection {
  const code = codeOf(error) ?? 'unknown'
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return refusal(
        'no_folder',
        'fails',
        'the folder of the database file does not exist: make it first',
        error,
      )
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return refusal(
        'path',
        'fails',
        `the path of the database cannot be followed (${code}): name another one`,
        error,
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return unavailable(
        'rights',
        `the database file cannot be opened for writing (${code}): check its rights and the disk`,
        error,
        false,
      )
    default:
      return unavailable(
        'disk',
        `the database file cannot be opened (${code}): see the cause`,
        error,
        true,
      )
  }
}

async function examineFile(path: string, found: Stats): Promise<Objection[]> {
  // SQLite keeps the log beside the file that a symbolic link leads to.
  const file = await realpath(path)
  const objections = dirname(file) === dirname(path) ? [] : await onNetwork(file)
  if (await isMountedAlone(file, found)) {
    objections.push(
      refusal(
        'file_mounted_alone',
        'loses_data',
        'only the database file is mounted, so its write-ahead log (-wal) would stay outside the mount and acknowledged data would be lost with it: mount the folder of the file instead',
      ),
    )
  }
  if (found.nlink > 1) {
    objections.push(
      refusal(
        'hard_links',
        'loses_data',
        `the database file has ${found.nlink} names (hard links), and each would get a write-ahead log of its own: remove all but one, or make a symbolic link`,
      ),
    )
  }
  await access(path, constants.R_OK | constants.W_OK)
  return objections
}

/**
 * A file on a mount of its own is a mount point. Where these are not listed, it is on another
 * device than its folder.
 */
async function isMountedAlone(file: string, { dev }: Stats): Promise<boolean> {
  const isListed = isMountPoint(file)
  if (isListed !== undefined) return isListed
  return process.platform !== 'win32' && dev !== (await stat(dirname(file))).dev
}

async function onNetwork(place: string): Promise<Objection[]> {
  const { type } = await statfs(place)
  const network = NETWORK_FILE_SYSTEMS.get(type)
  if (network === undefined) return []
  return [
    refusal(
      'network_file_system',
      'loses_data',
      `the database file lies on ${network}, where several processes would corrupt it: use a local disk, or Postgres`,
    ),
  ]
}

function namesFolder(): Objection {
  return refusal('not_a_file', 'fails', 'dsn names a folder: name a file in it')
}

/** Opening a pipe waits for ever, and a device such as `/dev/null` keeps nothing. */
function notRegular(): Objection {
  return refusal(
    'not_a_file',
    'loses_data',
    'dsn names something that is not a regular file: name a file on a local disk',
  )
}

function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}
