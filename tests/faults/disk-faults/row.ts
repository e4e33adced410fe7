import type { BrokenBuild, FaultRow, Figures, RowRun } from '../harness/fault-row.ts'
import { sumOf } from '../harness/figures.ts'
import { putsFilesLater, savesLater } from '../harness/writer/broken-builds.ts'
import { faultOnFiles, fileFaults } from './on-files.ts'
import { faultOnSqlite, sqliteFaults } from './on-sqlite.ts'

const AT_ONCE = 2

type Make = (brokenBuild?: BrokenBuild) => Promise<Figures>

export const diskFaults: FaultRow = {
  name: 'disk full, I/O errors',
  how: 'strace makes one system call after the other fail (EIO, ENOSPC), all stores on SQLite, artifacts on files',
  checked: 'a typed error or success; what was acknowledged is there; the store goes on',
  unit: 'faults',
  full: 2_000,
  slice: 0,
  tools: ['strace'],
  brokenBuilds: [],
  run: failDisks,
}

async function failDisks({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const [onSqlite, onFiles] = await Promise.all([sqliteFaults(), fileFaults()])
  const faults: Make[] = [
    ...onSqlite.map(
      (fault): Make =>
        (build) =>
          faultOnSqlite(fault, build),
    ),
    ...onFiles.map(
      (fault): Make =>
        (build) =>
          faultOnFiles(fault, build),
    ),
  ]
  console.log(onSqlite.length, onFiles.length)
  const step = Math.max(1, faults.length / rounds)
  const found: Figures[] = []
  let next = 0
  const failNext = async (): Promise<void> => {
    for (;;) {
      const make = faults[Math.floor(next * step)]
      if (make === undefined) return
      next += 1
      found.push(await make(brokenBuild))
      progress(found.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, failNext))
  return sumOf(found)
}
