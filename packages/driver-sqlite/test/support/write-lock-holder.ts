// Started by write-lock.ts: takes the write lock of a database and releases it when its input ends.
import { once } from 'node:events'

import BetterSqlite3 from 'better-sqlite3'

const connection = new BetterSqlite3(process.argv[2])
connection.exec(process.argv[3] === 'exclusive' ? 'begin exclusive' : 'begin immediate')
process.stdout.write('locked\n')
process.stdin.resume()
await once(process.stdin, 'end')
connection.exec('commit')
connection.close()
