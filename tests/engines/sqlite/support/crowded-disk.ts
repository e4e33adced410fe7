// Run by full-disk.test.ts on a small disk: many calls meet one that does not fit. Tells what
// happened as JSON.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { isHarborageError, newEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'

/** What this script prints. */
export interface CrowdReport {
  /** How many calls were answered while the disk was full. */
  readonly answeredWhileFull: number
  /** The outcome of each call. */
  readonly outcomes: readonly string[]
  /** Whether the record of each call is stored afterward. */
  readonly isThere: readonly boolean[]
}

const CALLERS = 8
/** The caller in the middle, whose record does not fit. */
const HEAVY = 3

const [, , folder = '', what = ''] = process.argv
const isFilled = what === 'filled'
const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const ballast = join(folder, 'ballast')

const database = await openSqlite({
  dsn: join(folder, 'crowd.db'),
  retryTimeoutMs: isFilled ? 60_000 : 200,
})
const state = await openStateStore({ database })
if (isFilled) fillDisk()
let answered = 0
const answers = Promise.all(
  Array.from({ length: CALLERS }, async (_, caller) => {
    const bytes = Buffer.alloc(!isFilled && caller === HEAVY ? 1_500_000 : 16_384, caller)
    const call = state.save({ eventId: newEventId(), identity, kind: `k${caller}`, bytes })
    const outcome = await call.catch(codeOf)
    answered += 1
    return outcome
  }),
)
let answeredWhileFull = 0
if (isFilled) {
  await delay(100)
  answeredWhileFull = answered
  rmSync(ballast)
}
const outcomes = await answers
const isThere: boolean[] = []
for (const caller of outcomes.keys()) {
  isThere.push((await state.load(identity, `k${caller}`)) !== undefined)
}
await state.close()
await database.close()
const report: CrowdReport = { answeredWhileFull, outcomes, isThere }
console.log(JSON.stringify(report))

function fillDisk(): void {
  for (let size = 65_536; size >= 512;) {
    try {
      writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' })
    } catch {
      size /= 2
    }
  }
}

function codeOf(error: unknown): string {
  if (isHarborageError(error)) return error.code
  throw error
}
