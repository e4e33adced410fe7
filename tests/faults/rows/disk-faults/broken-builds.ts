import type { BrokenBuild, SourceEdit } from '../../harness/fault-row.ts'
import { savesLater } from '../../harness/writer/broken-builds.ts'

/** Where faults are made. */
export type Target = 'SQLite' | 'files' | 'a full disk'

/** What would show a broken build is made only where it can. */
export const targetOf: ReadonlyMap<BrokenBuild, Target> = new Map([
  broken('SQLite', 'treats a failed commit as done', 30, {
    file: 'packages/driver-sqlite/src/internal/prepared-connection.ts',
    from: 'this.#commit.run()',
    to: 'try { this.#commit.run() } catch {}',
  }),
  broken('SQLite', 'acknowledges a save before its commit', 30, savesLater),
  broken('files', 'ignores that a file could not be synchronized', 20, {
    file: 'packages/driver-fs/src/internal/durable-files.ts',
    from: 'await file.sync()',
    to: 'await file.sync().catch(() => {})',
  }),
  broken('a full disk', 'gives up at once when the disk is full', 2, {
    file: 'packages/driver-sqlite/src/internal/sqlite-errors.ts',
    from: 'return isBusy(error) || isFull(error)',
    to: 'return isBusy(error)',
  }),
])

function broken(
  target: Target,
  name: string,
  rounds: number,
  edit: SourceEdit,
): readonly [BrokenBuild, Target] {
  return [{ name, rounds, edits: [edit] }, target]
}
