import type { Finding } from '@harborage/core'

/** Returns what is wrong with a client of pg, before anything is sent on it. */
export function clientFindings(client: object): readonly Finding[] {
  return [...(isNative(client) ? [nativeClient] : []), ...(isInTransaction(client) ? [left] : [])]
}

const nativeClient: Finding = {
  name: 'native_client',
  grade: 'loses_data',
  message:
    'the native client of pg spoils bytes: pass a Pool of pg itself instead of pg.native, and unset NODE_PG_FORCE_NATIVE',
}

const left: Finding = {
  name: 'open_transaction',
  grade: 'loses_data',
  message:
    'a client of the pool is inside a transaction that other code left open, and would take back what is saved: ' +
    'end it with COMMIT or ROLLBACK before the client is released',
}

/** Whether the client works through libpq. */
export function isNative(client: object): boolean {
  return 'native' in client
}

/** What pg last heard of the transaction: `T` is one that is open, `E` one that has failed. */
function isInTransaction(client: object): boolean {
  if (!('getTransactionStatus' in client)) return false
  const { getTransactionStatus } = client
  if (typeof getTransactionStatus !== 'function') return false
  const status: unknown = getTransactionStatus.call(client)
  return status === 'T' || status === 'E'
}
