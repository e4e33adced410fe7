import { HarborageError } from '@harborage/core'

/** Fails a call that has to find a record. */
export function notFound(message: string): never {
  throw new HarborageError('not_found', message)
}
