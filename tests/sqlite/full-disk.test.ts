import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { afterAll, expect, test } from 'vitest'

import type { DiskReport } from './disk-filler.ts'
import { integrityOf } from './integrity.ts'
import { fileSizeLimit, tinyFileSystem, type SmallDisk } from './small-disk.ts'

const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'harborage-full-disk-'))

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(tinyFileSystem(folder).map((disk) => ({ disk })))(
  'a full disk is store_unavailable, nothing saved is lost, and the save succeeds once there is space',
  async ({ disk }) => {
    const report = await fill(disk)
    expect(report).toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      again: 'store_unavailable',
      afterwards: 'saved',
    })
    expect(report.message).toContain('the disk is full')
    expect(report.saved).toBeGreaterThan(5)
    expect(report.intact).toBe(report.saved)
  },
)

test('a file that may not grow any more is outcome_unknown, and nothing saved is lost', async () => {
  const report = await fill(fileSizeLimit)
  expect(report).toMatchObject({ code: 'outcome_unknown', retryable: true })
  expect(report.saved).toBeGreaterThan(5)
  expect(report.intact).toBe(report.saved)

  const path = join(folder, 'a.db')
  expect(integrityOf(path)).toBe('ok')
  await using state = await openStateStore({ dsn: `sqlite:${path}` })
  let found = 0
  for await (const _ of state.listKind({ maintenanceScoped: true }, 'k')) found += 1
  expect(found).toBe(report.saved)
})

async function fill([program, ...args]: SmallDisk): Promise<DiskReport> {
  const script = join(import.meta.dirname, 'disk-filler.ts')
  const { stdout } = await run(program, [...args, process.execPath, script, folder])
  return JSON.parse(stdout) as DiskReport
}
