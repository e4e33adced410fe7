// Run by a test: tries to open each store that it is told of, catches the failures, and then has
// nothing left to do.
import { openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import { Pool } from 'pg'

/** A way to open a store that fails. */
export interface Attempt {
  readonly name: string
  readonly dsn: string
  readonly migrate?: 'apply' | 'verify'
  /** Options that only `openPostgres` takes. */
  readonly options?: PostgresConfig
  /** Whether to go through a pool of the caller, who ends it. */
  readonly ownPool?: boolean
}

async function open({ dsn, migrate = 'apply', options, ownPool }: Attempt): Promise<StateStore> {
  if (ownPool === true) return openOnPool(new Pool({ connectionString: dsn }), options)
  if (options === undefined) return openStateStore({ dsn, migrate })
  return openStateStore({ database: await openPostgres({ dsn, ...options }), migrate })
}

async function openOnPool(pool: Pool, options?: PostgresConfig): Promise<StateStore> {
  try {
    return await openStateStore({ database: await openPostgres({ pool, ...options }) })
  } finally {
    await pool.end()
  }
}

async function outcomeOf(attempt: Attempt): Promise<string> {
  try {
    await open(attempt)
    return 'opened'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

const attempts = JSON.parse(process.argv[2] ?? '[]') as readonly Attempt[]
for (const attempt of attempts) console.log(`${attempt.name}: ${await outcomeOf(attempt)}`)
