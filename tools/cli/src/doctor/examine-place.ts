import type { Finding } from '@harborage/core'
import { errorOfFindings } from '@harborage/core/kit'
import { openDatabase } from '../places/open-database.ts'
import { loadFs, loadPostgres, loadSqlite } from '../places/load-driver.ts'
import type { Place } from '../profile/profile.ts'
import { examineStores } from './examine-stores.ts'

/**
 * Resolves to the problems of a place, and of the stores there if it can be opened.
 *
 * @param connections How many connections all processes have together.
 */
export async function examinePlace(place: Place, connections: number): Promise<readonly Finding[]> {
  const findings = await diagnose(place, connections)
  if (place.kind === 'fs' || errorOfFindings(findings) !== undefined) return findings
  await using database = await openDatabase(place)
  return [...findings, ...(await examineStores(database, place.stores))]
}

async function diagnose(
  { kind, dsn, schema, preparedStatements }: Place,
  connections: number,
): Promise<readonly Finding[]> {
  switch (kind) {
    case 'sqlite': {
      const sqlite = await loadSqlite()
      return sqlite.diagnose({ dsn: dsn.reveal() })
    }
    case 'fs': {
      const fs = await loadFs()
      return fs.diagnose({ dsn: dsn.reveal(), migrate: 'verify' })
    }
    case 'postgres': {
      const postgres = await loadPostgres()
      return postgres.diagnose({
        dsn: dsn.reveal(),
        max: Math.min(connections, 10_000),
        preparedStatements,
        ...(schema !== undefined && { schema }),
      })
    }
  }
}
