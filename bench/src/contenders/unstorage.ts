import { createDatabase, type Database } from 'db0'
import sqliteConnector from 'db0/connectors/better-sqlite3'
import { createStorage, type Driver, type Storage } from 'unstorage'
import db0Driver from 'unstorage/drivers/db0'

import type { BlobStore } from './blob-store.ts'
import type { SlotStore } from './slot-store.ts'

const name = 'unstorage'
const note = 'db0 on better-sqlite3, WAL and synchronous=FULL set on its database for this run'

/** The declared return type of db0Driver cannot be resolved. */
const driverOn: (options: { database: Database }) => Driver = db0Driver

// The library prints a warning about its experimental driver, in the middle of the table.
Reflect.set(globalThis, '__unstorage_db0_experimental_warning__', true)

async function open(path: string): Promise<{ storage: Storage; close: () => Promise<void> }> {
  const database = createDatabase(sqliteConnector({ path }))
  const client = await database.getInstance()
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = FULL')
  return {
    storage: createStorage({ driver: driverOn({ database }) }),
    close: () => database.dispose(),
  }
}

export async function unstorageSlots(path: string): Promise<SlotStore> {
  const { storage, close } = await open(path)
  return {
    name,
    note,
    save: ({ place, payload }) => storage.setItemRaw(place.key, payload.bytes),
    load: async (place) => (await storage.getItemRaw<Uint8Array>(place.key)) ?? undefined,
    close,
  }
}

export async function unstorageBlobs(path: string): Promise<BlobStore> {
  const { storage, close } = await open(path)
  let blobs = 0
  return {
    name,
    note,
    put: async (bytes) => {
      blobs += 1
      const key = `artifact-${blobs}`
      await storage.setItemRaw(key, bytes)
      return key
    },
    get: async (key) => (await storage.getItemRaw<Uint8Array>(key)) ?? undefined,
    clear: () => storage.clear(),
    close,
  }
}
