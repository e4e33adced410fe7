import { compileOnce, type SqlDatabase } from '@harborage/core/sql'
import { compileAppends, type AppendStatements } from './append-statements.ts'
import { compileChanges, type ChangeStatements } from './change-statements.ts'
import { compileDump, type DumpStatements } from './dump-statements.ts'
import { compileExpiry, type ExpiryStatements } from './expiry.ts'
import { compileOrphans, type OrphanStatements } from './orphans.ts'
import { compileReads, type ReadStatements } from './read-statements.ts'
import { compileStreams, type StreamStatements } from './stream-statements.ts'

/** The statements of the journal store, compiled once when it opens. */
export interface JournalStatements
  extends
    AppendStatements,
    ChangeStatements,
    ExpiryStatements,
    OrphanStatements,
    ReadStatements,
    StreamStatements {
  readonly dump: DumpStatements
}

/** Compiles the statements, once for all databases of one engine and schema. */
export const compileJournalStatements: (database: SqlDatabase) => JournalStatements = compileOnce(
  (database) => ({
    ...compileAppends(database),
    ...compileChanges(database),
    ...compileExpiry(database),
    ...compileOrphans(database),
    ...compileReads(database),
    ...compileStreams(database),
    ...compileDump(database),
  }),
)
