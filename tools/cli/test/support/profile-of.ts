import { storeNames, type Place, type Profile } from '../../src/profile/profile.ts'
import { Secret } from '../../src/profile/secret.ts'

/** Returns the place of all stores at a DSN. */
export function placeOf(dsn: string): Place {
  const kind = dsn.startsWith('postgres:') ? 'postgres' : 'sqlite'
  const named = { label: 'a place', schema: undefined, preparedStatements: true }
  return { kind, ...named, dsn: new Secret(dsn), stores: storeNames }
}

/** Returns the profile with all stores at a DSN. */
export function profileOf(dsn: string): Profile {
  return { name: undefined, places: [placeOf(dsn)] }
}
