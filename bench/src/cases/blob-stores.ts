import pg from 'pg'

import { barePostgresBlobs } from '../contenders/bare-postgres.ts'
import { bareSqliteBlobs } from '../contenders/bare-sqlite.ts'
import type { BlobStore } from '../contenders/blob-store.ts'
import { harborageBlobs } from '../contenders/harborage.ts'
import { keyvBlobs } from '../contenders/keyv-postgres.ts'
import { kyselyPostgresBlobs, kyselySqliteBlobs } from '../contenders/kysely.ts'
import { unstorageBlobs } from '../contenders/unstorage.ts'
import type { Scene } from '../environment/scene.ts'
import type { EngineName } from '../measure/benchmark.ts'

/** Every contender's store of blobs, each on a database of its own, until the scene ends. */
export async function openBlobStores(
  engine: EngineName,
  scene: Scene,
): Promise<readonly BlobStore[]> {
  const stores: BlobStore[] = []
  for (const open of engine === 'sqlite' ? onSqlite(scene) : onPostgres(scene)) {
    const store = await open()
    scene.onEnd(() => store.close())
    stores.push(store)
  }
  return stores
}

type Open = () => Promise<BlobStore>

function onSqlite(scene: Scene): readonly Open[] {
  return [
    async () => harborageBlobs(`sqlite:${await scene.newFile()}`),
    async () => bareSqliteBlobs(await scene.newFile()),
    async () => unstorageBlobs(await scene.newFile()),
    async () => kyselySqliteBlobs(await scene.newFile()),
  ]
}

function onPostgres(scene: Scene): readonly Open[] {
  return [
    async () => {
      const dsn = await scene.newDatabase()
      return harborageBlobs(dsn, () => truncate(dsn))
    },
    async () => barePostgresBlobs(await scene.newDatabase()),
    async () => keyvBlobs(await scene.newDatabase()),
    async () => kyselyPostgresBlobs(await scene.newDatabase()),
  ]
}

async function truncate(dsn: string): Promise<void> {
  const client = new pg.Client({ connectionString: dsn })
  await client.connect()
  try {
    await client.query('truncate artifacts_blobs')
  } finally {
    await client.end()
  }
}
