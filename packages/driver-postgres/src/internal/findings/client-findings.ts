import type { Finding } from '@harborage/core'

/** Returns the problems of a pg client, before anything is sent on it. */
export function clientFindings(client: object): readonly Finding[] {
  return 'native' in client ? [nativeClient] : []
}

const nativeClient: Finding = {
  name: 'native_client',
  grade: 'loses_data',
  message:
    'the native client of pg spoils bytes: pass a Pool of pg itself instead of pg.native, and unset NODE_PG_FORCE_NATIVE',
}

/** A discarded client of the caller's pool: what is saved on it would be rolled back. */
export const openTransaction: Finding = {
  name: 'open_transaction',
  grade: 'slows',
  message:
    'a client of the pool was inside a transaction that other code left open, and was discarded with it: ' +
    'end each transaction with COMMIT or ROLLBACK before its client is released',
}
