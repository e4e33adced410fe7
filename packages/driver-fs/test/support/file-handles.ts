import type { FileHandle } from 'node:fs/promises'

import { replaceCall } from './replace-call.ts'

/** Records every file and folder that is opened until the test ends. */
export function recordOpened(): readonly FileHandle[] {
  const opened: FileHandle[] = []
  replaceCall('open', (real) => async (...args) => {
    const handle = await real(...args)
    opened.push(handle)
    return handle
  })
  return opened
}

/** Returns those that are still open. */
export function leftOpen(opened: readonly FileHandle[]): readonly FileHandle[] {
  return opened.filter(({ fd }) => fd >= 0)
}

/** Records the inodes of synchronized files and folders, in order, until the test ends. */
export function recordSynced(): readonly number[] {
  const synced: number[] = []
  whenSyncing(async (handle) => void synced.push((await handle.stat()).ino))
  return synced
}

/**
 * Makes the n-th synchronization from now on fail like a broken disk, counting from 1, and no
 * other.
 */
export function failSync(n: number): void {
  let count = 0
  whenSyncing(async () => {
    count += 1
    if (count === n) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' })
  })
}

function whenSyncing(before: (handle: FileHandle) => Promise<void>): void {
  replaceCall('open', (real) => async (...args) => {
    const handle = await real(...args)
    const sync = handle.sync.bind(handle)
    return Object.assign(handle, {
      async sync() {
        await before(handle)
        await sync()
      },
    })
  })
}
