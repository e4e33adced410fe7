/**
 * A script that saves until a checkpoint was due, and fails unless the log has begun anew with the
 * commit of the thread, which holds one page and nothing of a save.
 */
export const checkpointInThread: string = `
import { readFileSync } from 'node:fs'
import '@harborage/driver-sqlite'
import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const bytes = new Uint8Array(16 * 1024)
const state = await openStateStore({ dsn: 'sqlite:checkpoint.db' })
for (let saves = 0; saves < 400; saves += 1) {
  await state.save({ eventId: newEventId(), identity, kind: \`k.\${saves % 8}\`, bytes })
}
const log = readFileSync('checkpoint.db-wal')
await state.close()
const isOfThread = log.readUInt32BE(32) === 1 && log.readUInt32BE(36) > 0
if (!isOfThread) throw new Error('no checkpoint was made in the thread')
`
