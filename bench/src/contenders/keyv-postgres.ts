import KeyvPostgres from '@keyv/postgres'
import Keyv from 'keyv'

import type { BlobStore } from './blob-store.ts'
import type { SlotStore } from './slot-store.ts'

const name = 'keyv'
const note = '@keyv/postgres, pg Pool of 10'

function open(dsn: string): Keyv<Uint8Array> {
  return new Keyv<Uint8Array>({ store: new KeyvPostgres({ uri: dsn, max: 10 }) })
}

export async function keyvSlots(dsn: string): Promise<SlotStore> {
  const keyv = open(dsn)
  return {
    name,
    note,
    save: async ({ place, payload }) => {
      if (!(await keyv.set(place.key, Buffer.from(payload.bytes.buffer)))) throw new Error(REFUSED)
    },
    load: (place) => keyv.get(place.key),
    close: () => keyv.disconnect(),
  }
}

export async function keyvBlobs(dsn: string): Promise<BlobStore> {
  const keyv = open(dsn)
  let blobs = 0
  return {
    name,
    note,
    put: async (bytes) => {
      blobs += 1
      const key = `artifact-${blobs}`
      if (!(await keyv.set(key, Buffer.from(bytes.buffer)))) throw new Error(REFUSED)
      return key
    },
    get: (key) => keyv.get(key),
    clear: () => keyv.clear(),
    close: () => keyv.disconnect(),
  }
}

const REFUSED = 'keyv did not write'
