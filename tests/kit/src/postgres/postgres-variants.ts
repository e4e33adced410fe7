import { openPostgres } from '@harborage/driver-postgres'

import { isFullRun } from '../measure.ts'
import {
  callersPool,
  inSchema,
  overOwnPool,
  withoutPreparedStatements,
  type OpenedDatabase,
} from './suite-database.ts'

/** A way to open Postgres on which each conformance suite runs besides the defaults. */
export interface PostgresVariant {
  /** Completes the sentence "the store on Postgres …". */
  readonly name: string
  readonly open: (dsn: string) => Promise<OpenedDatabase>
}

/** The one variant in which statements are prepared, but not pipelined. */
export const ownPoolVariant: PostgresVariant = {
  name: "over the caller's own pool",
  open: overOwnPool,
}

/**
 * The options that change how connections are obtained, how tables are named, and how statements
 * are sent. `pnpm test` runs each suite with all of them at once, and that of the state store also
 * with {@link ownPoolVariant}; the full run takes each by itself as well.
 */
export const postgresVariants: readonly PostgresVariant[] = [
  {
    name: "over the caller's own pool, in a schema, without prepared statements",
    open: overOwnPoolInSchemaUnprepared,
  },
  ...(isFullRun
    ? [
        ownPoolVariant,
        { name: 'in a schema of its own', open: inSchema },
        { name: 'without prepared statements', open: withoutPreparedStatements },
      ]
    : []),
]

async function overOwnPoolInSchemaUnprepared(dsn: string): Promise<OpenedDatabase> {
  const pool = callersPool(dsn)
  return {
    database: await openPostgres({ pool, schema: 'Agents', preparedStatements: false }),
    release: () => pool.end(),
  }
}
