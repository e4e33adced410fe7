// Run by checkpoint-thread.ts in a thread of its own: makes checkpoints, whose syncs would hold up
// the event loop.
import { parentPort, workerData } from 'node:worker_threads'
import BetterSqlite3 from 'better-sqlite3'
import type { CheckpointRequest } from './checkpoint-thread.ts'

if (parentPort === null) throw new Error('this is run in a thread of its own')
const port = parentPort
const connection = new BetterSqlite3(String(workerData), { timeout: 0, fileMustExist: true })
// A checkpoint is synchronised all the same; of its own it commits nothing that has to last.
connection.pragma('synchronous = NORMAL')
connection.pragma('wal_autocheckpoint = 0')
port.on('message', (request: CheckpointRequest) => {
  if (request === 'checkpoint') {
    checkpoint()
    port.postMessage('over')
  } else {
    connection.close()
    port.close()
  }
})

/**
 * A disk that is full or broken, or another process at work: the next checkpoint takes over what
 * was not copied.
 */
function checkpoint(): void {
  try {
    if (copyLog()) beginLogAnew()
  } catch {
    // The log keeps everything, so nobody has to be told.
  }
}

/**
 * FULL keeps other processes from adding to the log meanwhile; without a time-out it waits for
 * nobody.
 */
function copyLog(): boolean {
  const [busy, pages, copied] = connection
    .prepare<[], [number, number, number]>('PRAGMA wal_checkpoint(FULL)')
    .raw()
    .get() ?? [1, 0, 0]
  return busy === 0 && pages === copied
}

/**
 * The first commit into a log that begins anew has a sync more, that of its header. This one
 * changes nothing.
 */
function beginLogAnew(): void {
  connection
    .transaction(() => {
      const version = Number(connection.pragma('user_version', { simple: true }))
      connection.pragma(`user_version = ${version}`)
    })
    .immediate()
}
