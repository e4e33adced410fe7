import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

import { openFsArtifactDriver } from '@harborage/driver-fs'
import { expect, onTestFinished, test, vi } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { openArtifacts } from './support/open-artifacts.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const TENANTS = 30

const anything = {
  order: 'ascending' as const,
  from: undefined,
  to: undefined,
  tenantId: undefined,
  userId: undefined,
  sessionId: undefined,
  taskId: undefined,
  namespace: undefined,
}

test('a walk across tenants reads their folder once, for any number of pages', async () => {
  const root = await rootWithTenants()
  await using artifacts = await openArtifacts(root)
  const read = vi.spyOn(files, 'readdir')
  syncBuiltinESMExports()
  onTestFinished(() => {
    read.mockRestore()
    syncBuiltinESMExports()
  })
  const maintenance = { maintenanceScoped: true } as const
  const refs = await collect(artifacts.list(maintenance, { pageSize: 2 }))
  expect(refs).toHaveLength(TENANTS)
  const ofTenants = read.mock.calls.filter(([path]) => path === join(root, 'artifacts'))
  expect(ofTenants).toHaveLength(1)
})

test('a page may be requested twice, by its place, and with another filter', async () => {
  const driver = await openFsArtifactDriver({ dsn: await rootWithTenants() })
  const maxBytes = 1024 * 1024
  const all = await driver.listPage({ ...anything, after: undefined, limit: 100, maxBytes })
  const page = { ...anything, after: undefined, limit: 10, maxBytes }
  const first = await driver.listPage(page)
  const after = first.at(-1)
  expect(first).toEqual(all.slice(0, 10))
  expect(await driver.listPage({ ...page, after })).toEqual(all.slice(10, 20))
  expect(await driver.listPage({ ...page, after })).toEqual(all.slice(10, 20))
  expect(await driver.listPage({ ...page, after: all[9] })).toEqual(all.slice(10, 20))
  const second = await driver.listPage(page)
  const tenantId = all[12]?.scope.tenantId
  expect(await driver.listPage({ ...page, after: second.at(-1), tenantId })).toEqual([all[12]])
  await driver.close()
})

async function rootWithTenants(): Promise<string> {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  for (let index = 0; index < TENANTS; index += 1) {
    await artifacts.putText({ tenantId: `tenant ${index}`, userId: 'u', sessionId: 's' }, 'text')
  }
  return root
}
