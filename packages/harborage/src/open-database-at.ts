import { HarborageError, openDatabase, type Database } from '@harborage/core'

/** The packages of engines by the schemes of their DSNs. */
const engines: ReadonlyMap<string, () => Promise<unknown>> = new Map([
  ['sqlite', () => import('@harborage/driver-sqlite')],
  ['file', () => import('@harborage/driver-sqlite')],
  ['postgres', importPostgres],
  ['postgresql', importPostgres],
])

/** Opens the database at a DSN, or resolves to `undefined` for memory. */
export async function openDatabaseAt(
  dsn: string | undefined,
  schema: string | undefined,
): Promise<Database | undefined> {
  if (dsn === undefined || dsn === 'memory:') {
    if (schema === undefined) return undefined
    throw new HarborageError('invalid_config', 'schema is given, and memory has no schemas')
  }
  const [scheme = ''] = dsn.split(':', 1)
  await engines.get(scheme.toLowerCase())?.()
  return openDatabase(dsn, schema === undefined ? {} : { schema })
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
