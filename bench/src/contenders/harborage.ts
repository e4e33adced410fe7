import type { Identity } from '@harborage/core'

import type { BlobStore } from './blob-store.ts'
import type { Build } from './build.ts'
import type { SlotStore, Write } from './slot-store.ts'
import type { TurnLog } from './turn-log.ts'

const note = 'as it is opened by default'

export async function harborageSlots(build: Build, dsn: string): Promise<SlotStore> {
  const state = await build.openStateStore({ dsn })
  const record = ({ place: { identity, kind }, eventId, payload: { bytes } }: Write) => ({
    eventId,
    identity,
    kind,
    bytes,
  })
  return {
    name: build.name,
    note,
    save: (write) => state.save(record(write)),
    load: async ({ identity, kind }) => (await state.load(identity, kind))?.bytes,
    loadByEventId: async ({ identity }, eventId) =>
      (await state.loadByEventId(identity, eventId))?.bytes,
    commit: (writes) => state.commit({ save: writes.map(record) }),
    list: async (identity) => {
      let records = 0
      for await (const _ of state.list(identity, 'task')) records += 1
      return records
    },
    close: () => state.close(),
  }
}

const SCOPE: Identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/**
 * Opens the blob store of Harborage. On Postgres `clear` truncates the table to avoid bloat. The
 * default deletes one by one, which earlier releases can do, too.
 */
export async function harborageBlobs(
  build: Build,
  dsn: string,
  clear?: () => Promise<void>,
): Promise<BlobStore> {
  const artifacts = await build.openArtifactStore({ dsn })
  const ids = new Set<string>()
  const deleteEach = async (): Promise<void> => {
    for (const id of ids) await artifacts.delete(SCOPE, id)
    ids.clear()
  }
  return {
    name: build.name,
    note: `${note}; SHA-256 at a put, a checksum at a get`,
    put: async (bytes) => {
      const { id } = await artifacts.putBytes(SCOPE, bytes)
      ids.add(id)
      return id
    },
    get: (id) => artifacts.get(SCOPE, id),
    clear: clear ?? deleteEach,
    close: () => artifacts.close(),
  }
}

export async function harborageTurns(build: Build, dsn: string): Promise<TurnLog> {
  const open = (place: { dsn?: string }) =>
    build.openMemoryStore({ ...place, strategy: 'truncation', bus: build.createEventBus() })
  const memory = await open({ dsn })
  return {
    name: build.name,
    note: `${note}; truncation without a budget, so that every turn is kept`,
    add: (identity, turn) => memory.addTurn(identity, turn),
    read: async (identity) => (await memory.getLlmContext(identity)).recentTurns,
    replace: async (identity, turns) => {
      await using draft = await open({})
      for (const turn of turns) await draft.addTurn(identity, turn)
      await memory.restore(identity, await draft.snapshot(identity))
    },
    close: () => memory.close(),
  }
}
