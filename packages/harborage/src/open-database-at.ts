import { HarborageError, openDatabase, type Database } from '@harborage/core'

/** The packages of engines by the schemes of their DSNs. */
const engines: ReadonlyMap<string, () => Promise<unknown>> = new Map([
  ['sqlite', importSqlite],
  ['file', importSqlite],
  ['postgres', importPostgres],
  ['postgresql', importPostgres],
])

/** Opens the database at a DSN, or resolves to `undefined` for memory. */
export async function openDatabaseAt(
  dsn: string | undefined,
  schema: string | undefined,
): Promise<Database | undefined> {
  if (dsn === undefined || dsn === 'memory:') {
    if (schema !== undefined) throw withoutSchemas('memory')
    return undefined
  }
  const [scheme = ''] = dsn.split(':', 1)
  // The refusal of an unknown scheme names SQLite, which needs no further package.
  const load = engines.get(scheme.toLowerCase()) ?? importSqlite
  if (schema !== undefined && load === importSqlite) throw withoutSchemas('SQLite')
  await load()
  return openDatabase(dsn, schema === undefined ? {} : { schema })
}

function withoutSchemas(engine: string): HarborageError {
  return new HarborageError(
    'invalid_config',
    `schema is given, and ${engine} has no schemas: leave it out, or pass the DSN of Postgres`,
  )
}

function importSqlite(): Promise<unknown> {
  return import('@harborage/driver-sqlite')
}

async function importPostgres(): Promise<unknown> {
  try {
    return await import('@harborage/driver-postgres')
  } catch (cause) {
    throw new HarborageError(
      'invalid_config',
      'dsn names Postgres, whose driver is not installed: npm install @harborage/driver-postgres',
      { cause },
    )
  }
}
