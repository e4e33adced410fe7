import { types } from 'node:util'
import { HarborageError } from '@harborage/core'
import { checkSignal, strictJson } from '@harborage/core/kit'
import {
  DEFAULT_THRESHOLD_BYTES,
  type OffloadOptions,
  type OffloadValue,
  type PutOptions,
} from '../artifact.ts'
import {
  BINARY,
  checkDescription,
  encodeText,
  JSON_TEXT,
  offloadNames,
  TEXT,
} from './check-artifact.ts'

/** A checked call of `offload`: a small value to return inline, or a large one to put. */
export type CheckedOffload =
  | { readonly isSmall: true; readonly signal: AbortSignal | undefined }
  | { readonly isSmall: false; readonly bytes: Uint8Array; readonly options: PutOptions }

/**
 * Checks the arguments of `offload`.
 *
 * @throws `invalid_record` if the value is neither bytes nor JSON, or an option is malformed.
 */
export function checkOffload(
  value: OffloadValue,
  options: OffloadOptions | undefined,
): CheckedOffload {
  const signal = checkSignal(options, offloadNames)
  const {
    thresholdBytes = DEFAULT_THRESHOLD_BYTES,
    namespace,
    filename,
    source,
    expiresAt,
  } = options ?? {}
  const content = encode(value)
  const { mimeType = content.mimeType } = options ?? {}
  const given = { namespace, mimeType, filename, source, expiresAt, ...(signal && { signal }) }
  if (content.bytes.byteLength > checkThreshold(thresholdBytes)) {
    return { isSmall: false, bytes: content.bytes, options: given }
  }
  // Rejects malformed options for a small value too, as for a large one.
  checkDescription(given, mimeType)
  return { isSmall: true, signal }
}

/** Returns the bytes of a value as an artifact would hold them, with their media type. */
function encode(value: OffloadValue): { readonly bytes: Uint8Array; readonly mimeType: string } {
  if (types.isUint8Array(value)) return { bytes: value, mimeType: BINARY }
  if (typeof value === 'string') return { bytes: encodeText(value), mimeType: TEXT }
  return { bytes: encodeText(strictJson('value', value)), mimeType: JSON_TEXT }
}

function checkThreshold(thresholdBytes: number): number {
  if (Number.isSafeInteger(thresholdBytes) && thresholdBytes >= 0) return thresholdBytes
  throw new HarborageError(
    'invalid_record',
    'options.thresholdBytes must be a whole number of at least 0',
  )
}
