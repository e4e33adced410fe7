import type { BrokenBuild, SourceEdit } from '../../harness/fault-row.ts'
import {
  commitsInParts,
  forgetsTurnIds,
  putsFilesLater,
  savesLater,
  writesFilesInPlace,
} from '../../harness/writer/broken-builds.ts'
import { onFiles, onSqlite } from './places.ts'

/**
 * Enough for those that show in nearly every kill, and for those that show only where it hits the
 * middle of something.
 */
const FEW = 6
const MANY = 16

const onDatabases = [
  broken('acknowledges a save before its commit', FEW, savesLater),
  broken('commits one slot after the other', MANY, commitsInParts),
  broken('adds a turn again when it is repeated', FEW, forgetsTurnIds),
]

const inFolders = [
  broken('acknowledges a file before it is written', FEW, putsFilesLater),
  broken('writes files in place', MANY, writesFilesInPlace),
]

export const brokenBuilds: readonly BrokenBuild[] = [...onDatabases, ...inFolders]

/** The only kind of place at which a broken build can show. */
export const placeOf: ReadonlyMap<BrokenBuild, typeof onSqlite> = new Map([
  ...onDatabases.map((build) => [build, onSqlite] as const),
  ...inFolders.map((build) => [build, onFiles] as const),
])

function broken(name: string, rounds: number, edit: SourceEdit): BrokenBuild {
  return { name, rounds, edits: [edit] }
}
