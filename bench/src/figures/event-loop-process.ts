/** Saves without a pause, and prints how long other work on the event loop had to wait. */
import { setTimeout as delay } from 'node:timers/promises'

import '@harborage/driver-sqlite'
import { newEventId } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import BetterSqlite3 from 'better-sqlite3'

import { quantile } from '../measure/statistics.ts'
import { loopDelays } from './loop-delays.ts'

const [path = '', savers = '32', seconds = '3'] = process.argv.slice(2)
const KIND = 'task.checkpoint'

await using state = await openStateStore({ dsn: `sqlite:${path}` })
const bytes = new Uint8Array(1024)
const identityOf = (saver: number) => ({ tenantId: 'acme', userId: 'ann', sessionId: `s${saver}` })

const idle = await loopDelays(() => delay(500))
let saves = 0
const ends = performance.now() + Number(seconds) * 1000
const busy = await loopDelays(async () => {
  const saver = async (_: unknown, number: number): Promise<void> => {
    while (performance.now() < ends) {
      await state.save({ eventId: newEventId(), identity: identityOf(number), kind: KIND, bytes })
      saves += 1
    }
  }
  await Promise.all(Array.from({ length: Number(savers) }, saver))
})
if ((await state.load(identityOf(0), KIND)) === undefined) throw new Error('nothing was saved')
const commits = bareCommits(`${path}-bare`, 200)
process.stdout.write(
  JSON.stringify({
    saves,
    idleP99Ms: quantile(idle, 0.99),
    p99Ms: quantile(busy, 0.99),
    maxMs: quantile(busy, 1),
    commitMedianMs: quantile(commits, 0.5),
    commitP99Ms: quantile(commits, 0.99),
  }),
)

/** Returns the durations in milliseconds of durable commits of the bare client on this disk. */
function bareCommits(file: string, count: number): readonly number[] {
  const db = new BetterSqlite3(file)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('create table records (id integer primary key, bytes blob not null)')
  const insert = db.prepare('insert or replace into records values (?, ?)')
  const took = Array.from({ length: count }, (_, index) => {
    const started = performance.now()
    insert.run(index % 32, bytes)
    return performance.now() - started
  })
  db.close()
  return took
}
