import type { EventId } from '@harborage/core'

import { barePostgresSlots } from '../contenders/bare-postgres.ts'
import { bareSqliteSlots } from '../contenders/bare-sqlite.ts'
import { harborageSlots } from '../contenders/harborage.ts'
import { keyvSlots } from '../contenders/keyv-postgres.ts'
import { kyselyPostgresSlots, kyselySqliteSlots } from '../contenders/kysely.ts'
import { langgraphPostgresSlots } from '../contenders/langgraph-postgres.ts'
import { langgraphSqliteSlots } from '../contenders/langgraph-sqlite.ts'
import type { Payload, Place, SlotStore, Write } from '../contenders/slot-store.ts'
import { unstorageSlots } from '../contenders/unstorage.ts'
import { newDsn, type Scene } from '../environment/scene.ts'
import type { EngineName } from '../measure/benchmark.ts'
import { callersAtOnce } from '../measure/callers.ts'
import { at, newEventIds, newPayload } from './workload.ts'

/** Opens the slot store of every contender, each on its own database, until the scene ends. */
export async function openSlotStores(
  engine: EngineName,
  scene: Scene,
): Promise<readonly SlotStore[]> {
  const stores: SlotStore[] = []
  const others = engine === 'sqlite' ? othersOnSqlite(scene) : othersOnPostgres(scene)
  const builds = scene.builds.map(
    (build): Open =>
      async () =>
        harborageSlots(build, await newDsn(engine, scene)),
  )
  for (const open of [...builds, ...(scene.withOthers ? others : [])]) {
    const store = await open()
    scene.onEnd(() => store.close())
    stores.push(store)
  }
  return stores
}

type Open = () => Promise<SlotStore>

function othersOnSqlite(scene: Scene): readonly Open[] {
  return [
    async () => bareSqliteSlots(await scene.newFile()),
    async () => langgraphSqliteSlots(await scene.newFile()),
    async () => unstorageSlots(await scene.newFile()),
    async () => kyselySqliteSlots(await scene.newFile()),
  ]
}

function othersOnPostgres(scene: Scene): readonly Open[] {
  return [
    async () => barePostgresSlots(await scene.newDatabase()),
    async () => langgraphPostgresSlots(await scene.newDatabase()),
    async () => keyvSlots(await scene.newDatabase()),
    async () => kyselyPostgresSlots(await scene.newDatabase()),
  ]
}

/** Returns the stores that have this method. */
export function ableTo<Method extends 'loadByEventId' | 'commit' | 'list'>(
  method: Method,
  stores: readonly SlotStore[],
): readonly (SlotStore & Required<Pick<SlotStore, Method>>)[] {
  return stores.filter(
    (store): store is SlotStore & Required<Pick<SlotStore, Method>> => store[method] !== undefined,
  )
}

/** Saves a record in every slot, and resolves to the event ids and the payloads. */
export async function fill(
  store: SlotStore,
  places: readonly Place[],
): Promise<{ eventIds: readonly EventId[]; payload: Payload }> {
  const eventIds = newEventIds(places.length)
  const payload = newPayload()
  const writes = places.map((place, index) => ({ place, eventId: at(eventIds, index), payload }))
  if (store.commit === undefined) {
    await callersAtOnce(32, writes.length, (index) => store.save(at(writes, index)))
    return { eventIds, payload }
  }
  // In commits: on a slow disk single saves would take longer than the case.
  for (const ofTenant of Map.groupBy(writes, tenantOf).values()) {
    for (let first = 0; first < ofTenant.length; first += WRITES_OF_A_COMMIT) {
      await store.commit(ofTenant.slice(first, first + WRITES_OF_A_COMMIT))
    }
  }
  return { eventIds, payload }
}

const WRITES_OF_A_COMMIT = 500

function tenantOf({ place }: Write): string {
  return place.identity.tenantId
}
