/** Lists every record of a store, and prints how much memory the process needed for that. */
import { setTimeout as delay } from 'node:timers/promises'

import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'

const [dsn = ''] = process.argv.slice(2)
const MIB = 2 ** 20
await using state = await openStateStore({ dsn })
globalThis.gc?.()
await delay(100)
const before = process.memoryUsage()
let records = 0
let rss = 0
let heap = 0
for await (const { bytes } of state.listKind({ maintenanceScoped: true }, 'task.')) {
  if (bytes.byteLength === 0) throw new Error('a record is empty')
  records += 1
  if (records % 500 !== 0) continue
  const now = process.memoryUsage()
  rss = Math.max(rss, now.rss - before.rss)
  heap = Math.max(heap, now.heapUsed + now.external - before.heapUsed - before.external)
}
process.stdout.write(JSON.stringify({ records, rssMiB: rss / MIB, heapMiB: heap / MIB }))
