import { types } from 'node:util'
import { InvalidRecordError, strictJson } from '@harborage/core'
import type { OffloadValue } from '../artifact.ts'
import { encodeText } from './check-artifact.ts'
import { BINARY, JSON_TEXT, TEXT } from './mime-types.ts'

/** The bytes of a value as an artifact would hold them, and what they are. */
export function encodeOffload(value: OffloadValue): { bytes: Uint8Array; mimeType: string } {
  if (types.isUint8Array(value)) return { bytes: value, mimeType: BINARY }
  if (typeof value === 'string') return { bytes: encodeText(value), mimeType: TEXT }
  return { bytes: encodeText(strictJson('value', value)), mimeType: JSON_TEXT }
}

/** @throws `invalid_record` if it is not a whole number of at least 0. */
export function checkThreshold(thresholdBytes: number): number {
  if (Number.isSafeInteger(thresholdBytes) && thresholdBytes >= 0) return thresholdBytes
  throw new InvalidRecordError('options.thresholdBytes must be a whole number of at least 0')
}
