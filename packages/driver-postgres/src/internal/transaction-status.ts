import { HarborageError } from '@harborage/core'
import type pg from 'pg'

/**
 * Whether no transaction is open on a connection, by what the server said with its last answer. It
 * costs no round trip.
 *
 * @throws `invalid_config` if the client cannot tell, as it is of an older pg.
 */
export function isIdle(client: pg.PoolClient): boolean {
  if (!('getTransactionStatus' in client)) {
    throw new HarborageError(
      'invalid_config',
      'pool is of a version of pg without getTransactionStatus(): upgrade pg, or pass dsn',
    )
  }
  const status = client.getTransactionStatus()
  return status === 'I' || status === null
}
