import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { afterAll, expect, test } from 'vitest'

import type { CrowdReport } from './support/crowded-disk.ts'
import type { DiskReport } from './support/disk-filler.ts'
import { integrityOf } from '@harborage/test-kit/sqlite/integrity'
import { fileSizeLimit, tinyFileSystem, type SmallDisk } from '@harborage/test-kit/small-disk'

const run = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'harborage-full-disk-'))
const tinyDisk = tinyFileSystem(1)
/** Empty where this user may not mount any: then the limit of a file's size has to do. */
const tinyDisks = tinyDisk === undefined ? [] : [tinyDisk(folder)]
const halfMebibyte = fileSizeLimit(512)

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(tinyDisks.map((disk) => ({ disk })))(
  'a full disk is store_unavailable, no saved record is lost, and the save succeeds once there is space',
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

test('a file that cannot grow is outcome_unknown, and no saved record is lost', async () => {
  const report = await fill(halfMebibyte)
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

test.each(tinyDisks.map((disk) => ({ disk })))(
  'calls that meet a full disk wait, and succeed once there is space',
  async ({ disk }) => {
    expect(await crowd(disk, 'filled')).toEqual({
      answeredWhileFull: 0,
      outcomes: Array.from({ length: 8 }, () => 'saved'),
      isThere: Array.from({ length: 8 }, () => true),
    })
  },
)

test.each([
  { why: 'a disk without the space', code: 'store_unavailable', disks: tinyDisks },
  { why: 'a file that may not grow', code: 'outcome_unknown', disks: [halfMebibyte] },
])('of calls that share a commit, $why fails the heavy one alone', async ({ code, disks }) => {
  for (const disk of disks) {
    const report = await crowd(disk, 'empty')
    expect(report.outcomes).toEqual([...repeat(3, 'saved'), code, ...repeat(4, 'saved')])
    expect(report.isThere).toEqual([...repeat(3, true), false, ...repeat(4, true)])
  }
})

async function fill(disk: SmallDisk): Promise<DiskReport> {
  return JSON.parse(await runOn(disk, 'disk-filler.ts')) as DiskReport
}

async function crowd(disk: SmallDisk, what: 'filled' | 'empty'): Promise<CrowdReport> {
  return JSON.parse(await runOn(disk, 'crowded-disk.ts', what)) as CrowdReport
}

/** Runs a script of `support` on the disk, and gives what it printed. */
async function runOn(disk: SmallDisk, name: string, ...rest: readonly string[]): Promise<string> {
  const [program, ...args] = disk
  const script = join(import.meta.dirname, 'support', name)
  const { stdout } = await run(program, [...args, process.execPath, script, folder, ...rest])
  return stdout
}

function repeat<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value)
}
