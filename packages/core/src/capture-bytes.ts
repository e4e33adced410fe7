import { types } from 'node:util'
import { InvalidRecordError } from './errors/errors.ts'
import { describeType } from './named-text.ts'

/**
 * Copies the bytes of an argument, so that later changes of the array change nothing that is stored.
 *
 * @param tooLarge Makes the error for more bytes than `maxBytes`; it is asked before anything is copied.
 * @throws `invalid_record` if it is not a Uint8Array.
 */
export function captureBytes(
  field: string,
  bytes: unknown,
  maxBytes: number,
  tooLarge: () => Error,
): Uint8Array {
  if (!types.isUint8Array(bytes)) {
    throw new InvalidRecordError(`${field} is ${describeType(bytes)}: pass a Uint8Array`)
  }
  if (bytes.byteLength > maxBytes) throw tooLarge()
  return new Uint8Array(bytes)
}
