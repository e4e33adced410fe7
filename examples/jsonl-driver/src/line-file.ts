import { open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HarborageError } from '@harborage/core'
import { FileLock } from './file-lock.ts'

const LINE_FEED = 0x0a

/** A file of lines that only grows. A line is durable, as a whole, once `append` has resolved. */
export class LineFile {
  readonly #handle: FileHandle
  readonly #lock: FileLock
  #failed = false

  private constructor(handle: FileHandle, lock: FileLock) {
    this.#handle = handle
    this.#lock = lock
  }

  /**
   * Opens or creates the file, cuts off a last line that was torn by a crash, and returns the
   * complete lines.
   */
  static async open(path: string): Promise<{ file: LineFile; lines: string[] }> {
    const lock = await FileLock.take(`${path}.lock`)
    try {
      const handle = await open(path, 'a', 0o600)
      const content = await readFile(path)
      const end = content.lastIndexOf(LINE_FEED) + 1
      if (end < content.length) await handle.truncate(end)
      await handle.sync()
      await syncFolderOf(path)
      const lines = content.subarray(0, end).toString().split('\n').slice(0, -1)
      return { file: new LineFile(handle, lock), lines }
    } catch (cause) {
      await lock.release()
      throw new HarborageError('store_unavailable', 'the file cannot be opened: see the cause', {
        cause,
      })
    }
  }

  async append(line: string): Promise<void> {
    if (this.#failed) {
      throw new HarborageError(
        'store_unavailable',
        'a write to the file has failed: open the store again',
      )
    }
    try {
      await this.#handle.appendFile(`${line}\n`)
      await this.#handle.datasync()
    } catch (cause) {
      // The line may be there, or a part of it: only reading the file again shows which.
      this.#failed = true
      throw new HarborageError(
        'outcome_unknown',
        'the disk failed: open the store again and repeat the call',
        { cause },
      )
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
    await this.#lock.release()
  }
}

/** Makes the name of a new file durable. Windows has no such call, and does it by itself. */
async function syncFolderOf(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
