import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus } from '@harborage/core'
import { diagnose as diagnoseFs, openFsArtifactDriver } from '@harborage/driver-fs'
import { diagnose as diagnosePostgres, openPostgres } from '@harborage/driver-postgres'
import { diagnose as diagnoseSqlite, openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { afterEach, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'

const { versions } = process

afterEach(() => pretend(versions.node))

function pretend(node: string): void {
  Object.defineProperty(process, 'versions', { configurable: true, value: { ...versions, node } })
}

const dsn = 'postgres://app@127.0.0.1:1/app'

test.each<[packageName: string, open: () => Promise<unknown>]>([
  ['core', () => openStateStore()],
  ['core', () => openArtifactStore({ dsn: 'memory:' })],
  ['core', () => openMemoryStore({ bus: createEventBus() })],
  ['driver-postgres', () => openPostgres({ dsn })],
  ['driver-sqlite', () => openSqlite({ dsn: ':memory:' })],
  ['driver-fs', () => openFsArtifactDriver({ dsn: 'fs:./never-made' })],
])('an old Node.js is refused, naming it: @harborage/%s', async (packageName, open) => {
  pretend('20.20.2')
  expect(await failureOf(open())).toMatchObject({
    code: 'invalid_config',
    message: `@harborage/${packageName} needs Node.js 22.14 or newer; this is 20.20.2`,
  })
})

test('diagnose of each driver finds an old Node.js', async () => {
  pretend('22.13.1')
  for (const findings of [
    diagnosePostgres({ dsn }),
    diagnoseSqlite({ dsn: ':memory:' }),
    diagnoseFs({ dsn: 'fs:./never-made' }),
  ]) {
    expect(await findings).toMatchObject([
      { name: 'config', message: expect.stringContaining('22.14') as string },
    ])
  }
})
