import type { FileHandle } from 'node:fs/promises'

import { replaceCall } from './replace-call.ts'

/** Every file and folder that is opened from now on, until the test is over. */
export function recordOpened(): readonly FileHandle[] {
  const opened: FileHandle[] = []
  replaceCall('open', (real) => async (...args) => {
    const handle = await real(...args)
    opened.push(handle)
    return handle
  })
  return opened
}

/** Those of them that nobody has closed. */
export function leftOpen(opened: readonly FileHandle[]): readonly FileHandle[] {
  return opened.filter(({ fd }) => fd >= 0)
}

/** The inodes of what is synchronised from now on, in this order, until the test is over. */
export function recordSynced(): readonly number[] {
  const synced: number[] = []
  whenSyncing(async (handle) => void synced.push((await handle.stat()).ino))
  return synced
}

/** Makes the n-th synchronisation from now on fail as a broken disk does, counting from 1, and no other one. */
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
