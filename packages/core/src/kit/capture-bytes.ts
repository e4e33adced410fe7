import { types } from 'node:util'
import { HarborageError } from '../harborage-error.ts'
import { describeType } from './named-text.ts'

/**
 * Copies the bytes of an argument, so that later changes of the array change nothing that is stored.
 *
 * @param tooLarge Makes the error for more bytes than `maxBytes`; it is asked before anything is copied.
 * @throws `invalid_record` if it is not a Uint8Array that can be read.
 */
export function captureBytes(
  field: string,
  bytes: unknown,
  maxBytes: number,
  tooLarge: () => Error,
): Uint8Array {
  if (!types.isUint8Array(bytes)) {
    throw new HarborageError(
      'invalid_record',
      `${field} is ${describeType(bytes)}: pass a Uint8Array`,
    )
  }
  // Asked before the copy is made, and of the copy: a subclass may say anything about its length.
  if (bytes.byteLength > maxBytes) throw tooLarge()
  const copy = copyOf(field, bytes)
  if (copy.byteLength > maxBytes) throw tooLarge()
  return copy
}

function copyOf(field: string, bytes: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(bytes)
  } catch (cause) {
    throw new HarborageError(
      'invalid_record',
      `${field} cannot be read: its buffer was transferred or resized, pass a Uint8Array on a buffer of your own`,
      { cause },
    )
  }
}
