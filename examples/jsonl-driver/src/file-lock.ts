import { readFile, rm, writeFile } from 'node:fs/promises'
import { HarborageError } from '@harborage/core'

/**
 * A lock file that contains its process id, so that the lock of a killed process is ignored. It
 * guards against mistakes, not against several processes that start at the same moment: use a
 * database for those.
 */
export class FileLock {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  static async take(path: string): Promise<FileLock> {
    if (await isLeftBehind(path)) await rm(path, { force: true })
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      return new FileLock(path)
    } catch (cause) {
      throw new HarborageError(
        'store_unavailable',
        hasCode(cause, 'EEXIST')
          ? 'the file is open elsewhere: close it there first'
          : 'the lock of the file cannot be made: see the cause',
        { cause },
      )
    }
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(path, 'utf8'))
    return !isRunning(owner)
  } catch {
    return false
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    // Signal 0 only checks whether the process exists.
    return process.kill(pid, 0)
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
