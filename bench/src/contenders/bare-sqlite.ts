import BetterSqlite3 from 'better-sqlite3'

import { BARE } from '../measure/benchmark.ts'
import type { BlobStore } from './blob-store.ts'
import {
  blobPlace,
  blobRow,
  blobValues,
  ownerValues,
  placeValues,
  recordValues,
  turnBytes,
  turnOf,
} from './plain-rows.ts'
import { PLAIN_SQL, plainTables, type BlobRow, type RecordRow } from './plain-tables.ts'
import type { SlotStore, Write } from './slot-store.ts'
import type { TurnLog } from './turn-log.ts'

const name = BARE
const note = 'better-sqlite3, statements prepared once, WAL, synchronous=FULL'

/** Opens a database for the bare client and the Kysely code, as durable as that of Harborage. */
export function plainSqlite(path: string): BetterSqlite3.Database {
  const db = new BetterSqlite3(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(plainTables('sqlite'))
  return db
}

export function bareSqliteSlots(path: string): SlotStore {
  const db = plainSqlite(path)
  const save = db.prepare<unknown[]>(PLAIN_SQL.save)
  const load = db.prepare<unknown[], RecordRow>(PLAIN_SQL.load)
  const loadByEventId = db.prepare<unknown[], RecordRow>(PLAIN_SQL.loadByEventId)
  const list = db.prepare<unknown[], RecordRow>(PLAIN_SQL.list)
  const commit = db.transaction((writes: readonly Write[]) => {
    for (const write of writes) save.run(...recordValues(write))
  })
  return {
    name,
    note,
    save: (write) => void save.run(...recordValues(write)),
    load: (place) => load.get(...placeValues(place))?.bytes,
    loadByEventId: ({ identity }, eventId) => loadByEventId.get(identity.tenantId, eventId)?.bytes,
    commit: (writes) => commit.immediate(writes),
    list: (identity) => list.all(...ownerValues(identity)).length,
    close: async () => void db.close(),
  }
}

export function bareSqliteBlobs(path: string): BlobStore {
  const db = plainSqlite(path)
  const put = db.prepare<unknown[]>(PLAIN_SQL.put)
  const get = db.prepare<unknown[], BlobRow>(PLAIN_SQL.get)
  return {
    name,
    note: `${note}; it hashes at a put, and compares nothing at a get`,
    put: (bytes) => {
      const row = blobRow(bytes)
      put.run(...blobValues(row))
      return row.id
    },
    get: (id) => get.get(...blobPlace(id))?.bytes,
    clear: async () => void db.exec(PLAIN_SQL.clearBlobs),
    close: async () => void db.close(),
  }
}

export function bareSqliteTurns(path: string): TurnLog {
  const db = plainSqlite(path)
  const add = db.prepare<unknown[]>(PLAIN_SQL.addTurn)
  const read = db.prepare<unknown[], { bytes: Buffer }>(PLAIN_SQL.readTurns)
  const clear = db.prepare<unknown[]>(PLAIN_SQL.clearTurns)
  let position = 0
  const addTurn: TurnLog['add'] = (identity, turn) => {
    position += 1
    add.run(...ownerValues(identity), position, turnBytes(turn))
  }
  const replace = db.transaction((...[identity, turns]: Parameters<TurnLog['replace']>) => {
    clear.run(...ownerValues(identity))
    for (const turn of turns) addTurn(identity, turn)
  })
  return {
    name,
    note: `${note}; one insert per turn and no bookkeeping`,
    add: addTurn,
    read: (identity) => read.all(...ownerValues(identity)).map(({ bytes }) => turnOf(bytes)),
    replace: async (identity, turns) => replace.immediate(identity, turns),
    close: async () => void db.close(),
  }
}
