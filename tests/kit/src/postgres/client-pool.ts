import { Pool } from 'pg'

/** Returns a pool of plain connections, as a user of pg makes one. End it at the end of the test. */
export function clientPool(dsn: string): Pool {
  return new Pool({ connectionString: dsn })
}

export type { Pool }
