import pg from 'pg'

import { barePostgresBlobs } from '../contenders/bare-postgres.ts'
import { bareSqliteBlobs } from '../contenders/bare-sqlite.ts'
import type { BlobStore } from '../contenders/blob-store.ts'
import type { Build } from '../contenders/build.ts'
import { harborageBlobs } from '../contenders/harborage.ts'
import { keyvBlobs } from '../contenders/keyv-postgres.ts'
import { kyselyPostgresBlobs, kyselySqliteBlobs } from '../contenders/kysely.ts'
import { unstorageBlobs } from '../contenders/unstorage.ts'
import { newDsn, type Scene } from '../environment/scene.ts'
import type { EngineName } from '../measure/benchmark.ts'

/** Opens the blob store of every contender, each on its own database, until the scene ends. */
export async function openBlobStores(
  engine: EngineName,
  scene: Scene,
): Promise<readonly BlobStore[]> {
  const stores: BlobStore[] = []
  const others = engine === 'sqlite' ? othersOnSqlite(scene) : othersOnPostgres(scene)
  const builds = scene.builds.map(
    (build): Open =>
      () =>
        openHarborage(build, engine, scene),
  )
  for (const open of [...builds, ...(scene.withOthers ? others : [])]) {
    const store = await open()
    scene.onEnd(() => store.close())
    stores.push(store)
  }
  return stores
}

type Open = () => Promise<BlobStore>

async function openHarborage(build: Build, engine: EngineName, scene: Scene): Promise<BlobStore> {
  const dsn = await newDsn(engine, scene)
  return engine === 'sqlite'
    ? harborageBlobs(build, dsn)
    : harborageBlobs(build, dsn, () => truncate(dsn))
}

function othersOnSqlite(scene: Scene): readonly Open[] {
  return [
    async () => bareSqliteBlobs(await scene.newFile()),
    async () => unstorageBlobs(await scene.newFile()),
    async () => kyselySqliteBlobs(await scene.newFile()),
  ]
}

function othersOnPostgres(scene: Scene): readonly Open[] {
  return [
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
