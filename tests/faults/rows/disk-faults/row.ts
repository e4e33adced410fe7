import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { sumOf } from '../../harness/figures.ts'
import { targetOf, type Target } from './broken-builds.ts'
import { fillDisk, type FullDisk } from './full-disk.ts'
import { faultOnFiles, fileFaults } from './on-files.ts'
import { faultOnSqlite, sqliteFaults } from './on-sqlite.ts'

const AT_ONCE = 2

/** How often each kind of full disk is made. */
const TIMES_FULL = 4

type MakeFault = (brokenBuild?: BrokenBuild) => Promise<Figures>

export const diskFaults: FaultRow = {
  name: 'disk full, I/O errors',
  how: 'strace makes one call after the other fail, each index once: reading, writing, synchronizing, cutting, linking, making folders (EIO, ENOSPC); a small tmpfs is filled and freed; all stores on SQLite, artifacts on files',
  checked:
    'a typed error or success; what was acknowledged is there, also if the power goes then; the store goes on; a disk that is freed in time is only waited for',
  unit: 'faults',
  // More than there are: each is made.
  full: 1_000,
  slice: 0,
  tools: ['strace', 'tmpfs'],
  brokenBuilds: [...targetOf.keys()],
  run: failDisks,
}

async function failDisks({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const only = brokenBuild === undefined ? undefined : targetOf.get(brokenBuild)
  const faults = chosen(await allFaults(only), rounds)
  const found: Figures[] = []
  const failNext = async (): Promise<void> => {
    for (let make = faults.next(); make.done !== true; make = faults.next()) {
      found.push(await make.value(brokenBuild))
      progress(found.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, failNext))
  return sumOf(found)
}

async function allFaults(only: Target | undefined): Promise<readonly MakeFault[]> {
  const makers: Readonly<Record<Target, () => Promise<readonly MakeFault[]>>> = {
    SQLite: async () =>
      (await sqliteFaults()).map((fault) => (brokenBuild) => faultOnSqlite(fault, brokenBuild)),
    files: async () =>
      (await fileFaults()).map((fault) => (brokenBuild) => faultOnFiles(fault, brokenBuild)),
    'a full disk': async () =>
      fullDisks().map((disk) => (brokenBuild) => fillDisk(disk, brokenBuild)),
  }
  const targets = only === undefined ? Object.values(makers) : [makers[only]]
  return (await Promise.all(targets.map((make) => make()))).flat()
}

function fullDisks(): readonly FullDisk[] {
  const kinds = (['sqlite', 'fs'] as const).flatMap((scheme) =>
    [true, false].map((isFreedInTime) => ({ scheme, isFreedInTime })),
  )
  return Array.from({ length: TIMES_FULL }, () => kinds).flat()
}

/** Returns `count` of them, spread over all. */
function* chosen(faults: readonly MakeFault[], count: number): Generator<MakeFault, void> {
  const step = Math.max(1, faults.length / count)
  for (let at = 0; at < faults.length; at += step) {
    const fault = faults[Math.floor(at)]
    if (fault !== undefined) yield fault
  }
}
