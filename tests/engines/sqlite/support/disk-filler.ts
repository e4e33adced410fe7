// Run by full-disk.test.ts on a small disk: fills it, and tells what happened as JSON.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isHarborageError, newEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore, type NewStateRecord, type StateStore } from '@harborage/state'

/** What this script prints. */
export interface DiskReport {
  readonly saved: number
  readonly code: string
  readonly retryable: boolean
  readonly message: string
  /** How many of the saved records are intact while the disk is full. */
  readonly intact: number
  /** The outcomes of a save after that, and of the failed one once some space is free. */
  readonly again: string
  readonly afterwards: string
}

const [, , folder = ''] = process.argv
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const ballast = join(folder, 'ballast')

writeFileSync(ballast, Buffer.alloc(256 * 1024))
const database = await openSqlite({ dsn: join(folder, 'a.db'), retryTimeoutMs: 0 })
const state = await openStateStore({ database })
const saved: NewStateRecord[] = []
let refused = record(0)
let failure: unknown
while (failure === undefined) {
  refused = record(saved.length)
  failure = await state.save(refused).then(
    () => void saved.push(refused),
    (error: unknown) => error,
  )
}
if (!isHarborageError(failure)) throw new Error('an untyped error', { cause: failure })
const { code, retryable, message } = failure
const intact = await countIntact(state)
const again = await outcomeOf(record(saved.length + 1))
rmSync(ballast)
const afterwards = await outcomeOf(refused)
await state.close()
await database.close()
const report: DiskReport = {
  saved: saved.length,
  code,
  retryable,
  message,
  intact,
  again,
  afterwards,
}
console.log(JSON.stringify(report))

function record(index: number): NewStateRecord {
  const bytes = Buffer.alloc(16 * 1024, index)
  return { eventId: newEventId(), identity, kind: `k${index}`, bytes }
}

async function countIntact(store: StateStore): Promise<number> {
  let count = 0
  for (const { kind, bytes, eventId } of saved) {
    const held = await store.load(identity, kind)
    if (held?.eventId === eventId && Buffer.compare(held.bytes, bytes) === 0) count += 1
  }
  return count
}

function outcomeOf(each: NewStateRecord): Promise<string> {
  return state.save(each).catch((error: unknown) => {
    if (isHarborageError(error)) return error.code
    throw error
  })
}
