// Started by checkpoint-thread.ts in a worker thread. Makes checkpoints, whose syncs would block
// the event loop.
import { parentPort, workerData } from 'node:worker_threads'
import BetterSqlite3 from 'better-sqlite3'
import type { CheckpointRequest } from './checkpoint-thread.ts'

if (parentPort === null) throw new Error('checkpoint-worker has to run in a worker thread')
const port = parentPort
const connection = new BetterSqlite3(String(workerData), { timeout: 0, fileMustExist: true })
// Checkpoints are synced even so. Its own commits do not need to be durable.
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
 * Makes a checkpoint, and ignores failures, such as a full disk or a lock of another process. The
 * next checkpoint copies what this one did not.
 */
function checkpoint(): void {
  try {
    if (copyLog()) restartLog()
  } catch {
    // Nothing is lost: the log still has everything.
  }
}

/**
 * Copies the log into the database and returns whether all of it was copied. FULL keeps other
 * processes from writing to the log meanwhile. Without a timeout it does not wait for them.
 */
function copyLog(): boolean {
  const [busy, pages, copied] = connection
    .prepare<[], [number, number, number]>('PRAGMA wal_checkpoint(FULL)')
    .raw()
    .get() ?? [1, 0, 0]
  return busy === 0 && pages === copied
}

/**
 * Restarts the log with a commit that changes nothing. The first commit of a restarted log has an
 * extra sync, for the header.
 */
function restartLog(): void {
  connection
    .transaction(() => {
      const version = Number(connection.pragma('user_version', { simple: true }))
      connection.pragma(`user_version = ${version}`)
    })
    .immediate()
}
