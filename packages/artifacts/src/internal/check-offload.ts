import { types } from 'node:util'
import { checkSignal, InvalidRecordError, strictJson } from '@harborage/core'
import {
  DEFAULT_THRESHOLD_BYTES,
  type OffloadOptions,
  type OffloadValue,
  type PutOptions,
} from '../artifact.ts'
import { checkDescription, encodeText } from './check-artifact.ts'
import { BINARY, JSON_TEXT, TEXT } from './mime-types.ts'

/** A value on its way to `offload`: its bytes, and how they would be put. */
export interface CheckedOffload {
  readonly bytes: Uint8Array
  /** Whether it comes back inline. Its options are checked all the same: they are wrong for a heavy one, too. */
  readonly isSmall: boolean
  readonly putOptions: PutOptions
  readonly signal: AbortSignal | undefined
}

/** @throws `invalid_record` if the value is neither bytes nor JSON, or an option is malformed. */
export function checkOffload(
  value: OffloadValue,
  options: OffloadOptions | undefined,
): CheckedOffload {
  checkSignal(options)
  const { thresholdBytes = DEFAULT_THRESHOLD_BYTES, ...given } = options ?? {}
  const { bytes, mimeType } = encode(value)
  const isSmall = bytes.byteLength <= checkThreshold(thresholdBytes)
  const putOptions = given.mimeType === undefined ? { ...given, mimeType } : given
  checkDescription(putOptions, mimeType)
  return { bytes, isSmall, putOptions, signal: checkSignal(putOptions) }
}

/** The bytes of a value as an artifact would hold them, and what they are. */
function encode(value: OffloadValue): { readonly bytes: Uint8Array; readonly mimeType: string } {
  if (types.isUint8Array(value)) return { bytes: value, mimeType: BINARY }
  if (typeof value === 'string') return { bytes: encodeText(value), mimeType: TEXT }
  return { bytes: encodeText(strictJson('value', value)), mimeType: JSON_TEXT }
}

function checkThreshold(thresholdBytes: number): number {
  if (Number.isSafeInteger(thresholdBytes) && thresholdBytes >= 0) return thresholdBytes
  throw new InvalidRecordError('options.thresholdBytes must be a whole number of at least 0')
}
