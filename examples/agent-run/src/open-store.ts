import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'

/** Opens the state store of the run; the scheme of the DSN picks one of the two drivers imported above. */
export function openStore(dsn: string): Promise<StateStore> {
  return openStateStore({ dsn })
}
