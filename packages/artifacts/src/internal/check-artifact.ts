import { HarborageError, type Identity } from '@harborage/core'
import {
  captureBytes,
  checkIdentity,
  checkExpiry,
  checkFlag,
  checkName,
  checkOptionalPart,
  checkRequiredName,
  checkSignal,
  checkWideOwner,
  describeType,
  KnownNames,
  ownerAt,
  strictJsonObject,
} from '@harborage/core/kit'
import {
  MAX_IDS,
  MAX_SOURCE_BYTES,
  type ArtifactScope,
  type GetOptions,
  type PutOptions,
} from '../artifact.ts'
import type { Visibility } from '../artifact-driver.ts'

/** The default media types. */
export const BINARY = 'application/octet-stream'
export const TEXT = 'text/plain; charset=utf-8'
export const JSON_TEXT = 'application/json'

/** The default namespace. */
const DEFAULT_NAMESPACE = 'default'

/** The size limit of an id: namespace, separator and a SHA-256 in hex. */
const MAX_ID_BYTES = 256 + 1 + 64

/** The checked metadata of an artifact, with defaults. */
export interface Description {
  readonly namespace: string
  readonly mimeType: string
  readonly filename: string
  readonly sourceText: string
  readonly expiresAt: Date | undefined
}

/** The parts of a scope. */
export const scopeParts = ['tenantId', 'userId', 'sessionId', 'taskId'] as const
const scopeNames = new KnownNames('the scope', scopeParts, 'invalid_identity')
const descriptionParts = ['namespace', 'mimeType', 'filename', 'source', 'expiresAt'] as const
const putOptions = ['signal', ...descriptionParts] as const

/** The names of `PreparePutOptions`. */
export const preparedPutNames: KnownNames = new KnownNames('options', descriptionParts)

/** The names of `PutOptions`. */
export const putNames: KnownNames = new KnownNames('options', putOptions)

/** The names of `OffloadOptions`. */
export const offloadNames: KnownNames = new KnownNames('options', [...putOptions, 'thresholdBytes'])

const getNames = new KnownNames('options', ['signal', 'verify', 'expired'])

/** What bytes that were read are compared with; see `GetOptions`. */
export type Verify = NonNullable<GetOptions['verify']>

/** Checks the options of a read of bytes. */
export function checkGetOptions(options: GetOptions | undefined): {
  readonly signal: AbortSignal | undefined
  readonly verify: Verify
  readonly visibility: Visibility
} {
  const signal = checkSignal(options, getNames)
  return {
    signal,
    verify: checkVerify(options?.verify),
    visibility: checkVisibility(options?.expired),
  }
}

/** Checks the option `expired` of a read. */
export function checkVisibility(expired: unknown): Visibility {
  return checkFlag('expired', expired, false) ? 'all' : 'unexpired'
}

function checkVerify(verify: unknown): Verify {
  if (verify === undefined || verify === 'checksum') return 'checksum'
  if (verify === 'digest') return verify
  throw new HarborageError(
    'invalid_record',
    "options.verify is something else: pass 'checksum' or 'digest', or leave it out",
  )
}

/** Checks a scope, which may be the owner of a user or a tenant, and returns a frozen copy. */
export function checkScope(scope: ArtifactScope): Required<ArtifactScope> {
  const wide = checkWideOwner(scope)
  if (wide !== undefined) return wideScope(wide)
  const session = checkIdentity(scope, scopeNames)
  return Object.freeze({ ...session, taskId: checkOptionalPart(scope, 'taskId') })
}

/** Returns the scope of what belongs to a user or a tenant, and to no session and no task. */
export function wideScope({ tenantId, userId }: Identity): Required<ArtifactScope> {
  return ownerAt({ tenantId, userId, sessionId: '', taskId: '' })
}

/** Checks the id of an artifact. */
export function checkArtifactId(id: unknown, field: string = 'id'): string {
  if (id === undefined || id === null || id === '') {
    throw new HarborageError(
      'invalid_record',
      `${field} is missing or empty: pass the id of an ArtifactRef`,
    )
  }
  return checkName(field, id, 'invalid_record', MAX_ID_BYTES)
}

/**
 * Checks a list of at most {@link MAX_IDS} ids or of what names artifacts, and returns what `check`
 * returns for each.
 */
export function checkIds<Given, Checked>(
  ids: readonly Given[],
  check: (id: Given | undefined, field: string) => Checked,
): Checked[] {
  const isList: boolean = Array.isArray(ids)
  if (!isList) {
    throw new HarborageError('invalid_record', `ids is ${describeType(ids)}: pass an array of ids`)
  }
  const { length } = ids
  if (length > MAX_IDS) {
    throw new HarborageError(
      'invalid_record',
      `ids has more than ${MAX_IDS} items: pass them in several calls`,
    )
  }
  // By place: `map` would leave out the holes of a sparse array.
  return Array.from({ length }, (_, place) => check(ids[place], `ids[${place}]`))
}

/** Copies bytes of at most `maxBytes`. */
export function captureData(data: unknown, maxBytes: number): Uint8Array {
  return captureBytes('data', data, maxBytes, () => tooLarge(maxBytes))
}

/** Encodes a text of at most `maxBytes` as UTF-8. */
export function captureText(text: unknown, maxBytes: number): Uint8Array {
  // Checked before encoding too: each UTF-16 unit takes at least one byte.
  if (typeof text === 'string' && text.length > maxBytes) throw tooLarge(maxBytes)
  const bytes = encodeText(text)
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
  return bytes
}

/**
 * Encodes a text as UTF-8. Rejects a lone surrogate, which UTF-8 would replace by another
 * character.
 */
export function encodeText(text: unknown): Uint8Array {
  if (typeof text !== 'string') {
    throw new HarborageError('invalid_record', `text is ${describeType(text)}: pass a string`)
  }
  if (!text.isWellFormed()) {
    throw new HarborageError(
      'invalid_record',
      'text has a lone surrogate, which UTF-8 cannot represent: pass a well-formed string, such as text.toWellFormed()',
    )
  }
  return new TextEncoder().encode(text)
}

/**
 * Checks the metadata of an artifact. Reads each option once by its name: it may be inherited, or a
 * getter may return another value at the second read.
 */
export function checkDescription(
  options: PutOptions | undefined,
  defaultMimeType: string,
): Description {
  const { namespace, mimeType, filename, source, expiresAt } = options ?? {}
  return {
    namespace:
      namespace === undefined
        ? DEFAULT_NAMESPACE
        : checkRequiredName('namespace', namespace, 'invalid_record'),
    mimeType: mimeType === undefined ? defaultMimeType : checkMimeType(mimeType),
    filename: filename === undefined ? '' : checkName('filename', filename, 'invalid_record'),
    sourceText: source === undefined ? '{}' : strictJsonObject('source', source, MAX_SOURCE_BYTES),
    expiresAt: expiresAt === undefined ? undefined : checkExpiry(expiresAt),
  }
}

/**
 * Rejects control characters, which could end the HTTP header that a media type is often written
 * to.
 */
function checkMimeType(value: unknown): string {
  const mimeType = checkRequiredName('mimeType', value, 'invalid_record')
  if (!/\p{Cc}/u.test(mimeType)) return mimeType
  throw new HarborageError(
    'invalid_record',
    'mimeType holds a control character: pass a media type, as in a header',
  )
}

function tooLarge(maxBytes: number): HarborageError {
  return new HarborageError(
    'artifact_too_large',
    `the artifact is larger than maxBytes (${maxBytes}): store a smaller one, or open the store with a higher limit`,
  )
}
