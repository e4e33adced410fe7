import { constants, readFileSync, type Stats } from 'node:fs'
import { access, realpath, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf, kernelFileSystem, type Objection, refusal, unavailable } from '@harborage/core/kit'

/** The statfs types on Linux of file systems on which the shared memory of WAL does not work. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
])

/** The list of mounts as this process sees them. Only Linux has it. */
const MOUNTS = '/proc/self/mountinfo'

/** The index of the mount point among the fields of a line. */
const PLACE_FIELD = 4

/**
 * Examines the place of a database file, and changes nothing there. It never opens the file:
 * closing it would drop all locks of this process on it, including those of open connections.
 * Another process could then believe to be the only user and remove the log in use.
 */
export async function examinePlace(path: string): Promise<Objection[]> {
  try {
    if (path.endsWith('/')) return [namesFolder()]
    const folder = dirname(path)
    const unfit = await onUnfit(folder)
    const found = await stat(path).catch(ifMissing)
    if (found === undefined) {
      if (unfit.length === 0) await access(folder, constants.W_OK | constants.X_OK)
      return unfit
    }
    if (!found.isFile()) return [found.isDirectory() ? namesFolder() : notRegular()]
    return [...unfit, ...(await examineFile(path, found))]
  } catch (error) {
    return [explain(error)]
  }
}

/** Returns the error of a system call on the place as an objection. */
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
  const objections = dirname(file) === dirname(path) ? [] : await onUnfit(file)
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
 * Returns whether only the file is mounted. Without a list of mounts, its device has to differ from
 * that of its folder.
 */
async function isMountedAlone(file: string, { dev }: Stats): Promise<boolean> {
  const isListed = isMountPoint(file)
  if (isListed !== undefined) return isListed
  return process.platform !== 'win32' && dev !== (await stat(dirname(file))).dev
}

/**
 * Returns whether the path is a mount point, or `undefined` if the system has no list. The list is
 * not a file on a disk, so reading it does not block.
 */
function isMountPoint(path: string): boolean | undefined {
  try {
    const list = readFileSync(MOUNTS, 'utf8')
    const listed = escaped(path)
    // The usual case: no line contains it.
    if (!list.includes(` ${listed} `)) return false
    return list.split('\n').some((line) => line.split(' ')[PLACE_FIELD] === listed)
  } catch {
    return undefined
  }
}

/** Returns a path as the kernel lists it, with octal escapes for white space and backslashes. */
function escaped(path: string): string {
  return path.replaceAll(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}

/** Returns the objection to a file system that cannot keep a database. */
async function onUnfit(place: string): Promise<Objection[]> {
  const { type } = await statfs(place)
  const kernel = kernelFileSystem(type)
  if (kernel !== undefined) {
    return [
      refusal(
        'kernel_file_system',
        'fails',
        `the database file would lie on ${kernel}, where the kernel keeps no files of others: name a file on a disk`,
      ),
    ]
  }
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

/**
 * Returns the objection to a pipe, which would block forever, or a device, which would keep
 * nothing.
 */
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
