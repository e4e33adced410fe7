import BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'

import { placeValues } from '../contenders/plain-rows.ts'
import { numbered, PLAIN_SQL } from '../contenders/plain-tables.ts'
import { bareSqliteSlots } from '../contenders/bare-sqlite.ts'
import { barePostgresSlots } from '../contenders/bare-postgres.ts'
import type { Build } from '../contenders/build.ts'
import { harborageSlots } from '../contenders/harborage.ts'
import type { SlotStore } from '../contenders/slot-store.ts'
import { newDsn, type Scene } from '../environment/scene.ts'
import { BARE, type Contender, type EngineName, type Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { fill } from './slot-stores.ts'
import { at, mustEqual, SLOTS, spreadPlaces } from './workload.ts'

const places = spreadPlaces(SLOTS, 10)
const place = at(places, 0)

/** Returns the race of opening a migrated database, reading one record and closing. */
export function openStore(engine: EngineName): Race {
  return {
    id: `open-${engine}`,
    title: 'open, load one, close; migrated',
    engine,
    unit: 'opening',
    compares: 'contenders',
    setUp: async (scene) => {
      const contenders: Contender[] = []
      for (const build of scene.builds) {
        const dsn = await newDsn(engine, scene)
        const store = await harborageSlots(build, dsn)
        contenders.push(await opening(build.name, store, () => loadOnce(build, dsn)))
      }
      if (scene.withOthers) {
        contenders.push(engine === 'sqlite' ? await bareSqlite(scene) : await barePostgres(scene))
      }
      return contenders
    },
  }
}

async function bareSqlite(scene: Scene): Promise<Contender> {
  const bare = await scene.newFile()
  return opening(BARE, bareSqliteSlots(bare), async () => {
    const db = new BetterSqlite3(bare)
    try {
      db.pragma('journal_mode = WAL')
      db.pragma('synchronous = FULL')
      return db.prepare<unknown[], { bytes: Buffer }>(PLAIN_SQL.load).get(...placeValues(place))
        ?.bytes
    } finally {
      db.close()
    }
  })
}

async function barePostgres(scene: Scene): Promise<Contender> {
  const bare = await scene.newDatabase()
  return opening(BARE, await barePostgresSlots(bare), async () => {
    const pool = new pg.Pool({ connectionString: bare, max: 10 })
    try {
      const { rows } = await pool.query<{ bytes: Buffer }>(
        numbered(PLAIN_SQL.load),
        placeValues(place),
      )
      return rows[0]?.bytes
    } finally {
      await pool.end()
    }
  })
}

async function loadOnce(build: Build, dsn: string): Promise<Uint8Array | undefined> {
  await using state = await build.openStateStore({ dsn })
  return (await state.load(place.identity, place.kind))?.bytes
}

async function opening(
  name: string,
  store: SlotStore,
  open: () => Promise<Uint8Array | undefined>,
): Promise<Contender> {
  const { payload } = await fill(store, places)
  await store.close()
  return {
    name,
    run: (operations) => oneCaller(operations, open),
    verify: async () => mustEqual(await open(), payload),
  }
}
