import { HarborageError, type CallOptions, type Owner } from '@harborage/core'
import {
  checkExpiry,
  checkOptionNames,
  checkOwner,
  checkRequiredName,
  checkSignal,
  describeType,
  KnownNames,
  MAX_KIND_BYTES,
  type CheckedCall,
} from '@harborage/core/kit'
import type { CheckedAppend, StreamKey } from '../journal-driver.ts'
import type { AppendOptions } from '../journal-record.ts'

/** Checks what names a stream. The name has 1 to 1,024 UTF-8 bytes. */
export function checkStream(owner: Owner, stream: unknown): StreamKey {
  return {
    owner: checkOwner(owner),
    stream: checkRequiredName('stream', stream, 'invalid_record', MAX_KIND_BYTES),
  }
}

const appendNames = new KnownNames('options', ['signal', 'ifPosition', 'expiresAt'])

/** The checked options of an append besides its signal. */
export type CheckedAppendOptions = Pick<CheckedAppend, 'ifPosition' | 'expiresAt'>

/** Checks the options of an append. */
export function checkAppendOptions(
  options: AppendOptions | undefined,
): CheckedAppendOptions & CheckedCall {
  const signal = checkSignal(options, appendNames)
  return { signal, ...checkConditions(options) }
}

/** Checks the options of an append in a step, which has a signal of its own. */
export function checkPartOptions(
  options: Omit<AppendOptions, keyof CallOptions> | undefined,
): CheckedAppendOptions {
  checkOptionNames(options, partNames)
  return checkConditions(options)
}

const partNames = new KnownNames('options', ['ifPosition', 'expiresAt'])

function checkConditions(options: AppendOptions | undefined): CheckedAppendOptions {
  return { ifPosition: checkIfPosition(options), expiresAt: checkExpiryOrNone(options?.expiresAt) }
}

/** Checks the expiry that an append gives: `null` for none, `undefined` to leave it as it is. */
function checkExpiryOrNone(expiresAt: unknown): Date | null | undefined {
  return expiresAt === undefined || expiresAt === null ? expiresAt : checkExpiry(expiresAt)
}

/**
 * Returns the precondition of an append. Rejects an explicit `undefined`: treated as absent, it
 * would make a conditional append unconditional.
 */
function checkIfPosition(
  options: Pick<AppendOptions, 'ifPosition'> | undefined,
): number | undefined {
  if (options === undefined || options === null || !('ifPosition' in options)) return undefined
  if (options.ifPosition === undefined) {
    throw new HarborageError(
      'invalid_record',
      'options.ifPosition is undefined: pass a position of at least 0, or leave it out',
    )
  }
  return checkPosition('options.ifPosition', options.ifPosition)
}

/**
 * Checks a position.
 *
 * @throws `invalid_record` if it is not a safe integer of at least 0.
 */
export function checkPosition(field: string, position: unknown): number {
  if (typeof position === 'number' && Number.isSafeInteger(position) && position >= 0) {
    // Converts -0 to 0, as every database does.
    return position + 0
  }
  const fault = position === undefined ? 'is missing: it has to be' : 'must be'
  throw new HarborageError('invalid_record', `${field} ${fault} a safe integer of at least 0`)
}

const trimNames = new KnownNames('the range', ['before'])

/** Checks the range of a trim, and returns its end. */
export function checkTrim(range: unknown): number {
  if (typeof range !== 'object' || range === null) {
    throw new HarborageError(
      'invalid_record',
      `the range is ${describeType(range)}: pass { before }`,
    )
  }
  trimNames.check(range)
  return checkPosition('before', 'before' in range ? range.before : undefined)
}
