import type { BrokenBuild, SourceEdit } from '../harness/fault-row.ts'
import {
  commitsInParts,
  forgetsTurnIds,
  putsFilesLater,
  savesLater,
  writesFilesInPlace,
} from '../harness/writer/broken-builds.ts'
import { onFiles, onSqlite } from './places.ts'

const ROUNDS = 16

const onDatabases = [
  broken('acknowledges a save before its commit', savesLater),
  broken('commits one slot after the other', commitsInParts),
  broken('adds a turn again when it is repeated', forgetsTurnIds),
]

const inFolders = [
  broken('acknowledges a file before it is written', putsFilesLater),
  broken('writes files in place', writesFilesInPlace),
]

export const brokenBuilds: readonly BrokenBuild[] = [...onDatabases, ...inFolders]

/** The only kind of place at which a broken build can show. */
export const placeOf: ReadonlyMap<BrokenBuild, typeof onSqlite> = new Map([
  ...onDatabases.map((build) => [build, onSqlite] as const),
  ...inFolders.map((build) => [build, onFiles] as const),
])

function broken(name: string, edit: SourceEdit): BrokenBuild {
  return { name, rounds: ROUNDS, edits: [edit] }
}
