import { HarborageError } from '@harborage/core'
import {
  captureBytes,
  captureDate,
  checkStoredOwner,
  describeType,
  KnownNames,
  ownerAt,
} from '@harborage/core/kit'
import type { ArtifactScope, RefPlace } from '../artifact.ts'
import type { DumpedArtifact } from '../dumped-artifact.ts'
import { checkArtifactId, checkDescription, scopeParts } from './check-artifact.ts'
import { LARGEST_MAX_BYTES } from './max-bytes.ts'
import { namespaceOf } from './namespace-of.ts'
import { SHORT_ID_DIGITS } from './new-artifact.ts'

const names = new KnownNames('the artifact', ['ref', 'bytes'])
const refNames = new KnownNames('the ref', [
  'id',
  'namespace',
  'scope',
  'mimeType',
  'sizeBytes',
  'filename',
  'sha256',
  'source',
  'createdAt',
  'expiresAt',
])
const scopeNames = new KnownNames('the scope', scopeParts, 'invalid_identity')

/** A checked artifact of a dump, with the JSON of its source. Its digest is checked later. */
export interface CheckedDump extends DumpedArtifact {
  readonly sourceText: string
}

/**
 * Checks an artifact of a dump, and copies its bytes.
 *
 * @throws `invalid_record`, `invalid_identity`, `identity_required` or `artifact_too_large`.
 */
export function checkDumpedArtifact(given: unknown): CheckedDump {
  if (!isObject<DumpedArtifact>(given) || !isObject<DumpedArtifact['ref']>(given.ref)) {
    throw malformed(`the artifact is ${describeType(given)}`)
  }
  const { ref } = given
  // First: the names of what is no artifact at all, such as a large array, may be many.
  const scope = checkStoredScope(ref.scope)
  names.check(given)
  refNames.check(ref)
  const { sourceText, ...description } = checkDescription(ref, '')
  const id = checkArtifactId(ref.id)
  const { sha256, sizeBytes } = ref
  const createdAt = captureDate(ref.createdAt)
  const bytes = captureBytes('bytes', given.bytes, LARGEST_MAX_BYTES, tooLarge)
  if (createdAt === undefined) throw malformed('ref.createdAt is no valid Date')
  if (sizeBytes !== bytes.byteLength) throw malformed('ref.sizeBytes is not the number of bytes')
  const isNamed =
    isDigest(sha256) && namespaceOf(id) === description.namespace && isIdOf(id, sha256)
  if (!isNamed) throw malformed('ref.id is not made of ref.namespace and ref.sha256')
  const source = ref.source
  return {
    ref: { ...description, id, scope, sizeBytes, sha256, source, createdAt },
    sourceText,
    bytes,
  }
}

/** Checks the artifact after which a dump begins, and returns its place. */
export function checkPlace(after: RefPlace): RefPlace {
  const given: unknown = after
  if (!isObject<RefPlace>(given)) throw malformed(`the artifact is ${describeType(given)}`)
  const id = checkArtifactId(after.id)
  return { scope: checkStoredScope(after.scope), namespace: namespaceOf(id), id }
}

/** Returns the error for an artifact of a dump that is malformed. */
export function malformed(fault: string): HarborageError {
  return new HarborageError('invalid_record', `${fault}: pass what dump() returned`)
}

function checkStoredScope(scope: Required<ArtifactScope>): Required<ArtifactScope> {
  const given: unknown = scope
  if (!isObject<Required<ArtifactScope>>(given)) {
    throw new HarborageError('identity_required', 'the scope is missing: pass what dump() returned')
  }
  const { tenantId, userId, sessionId, taskId } = given
  const owner = checkStoredOwner({ tenantId, userId, sessionId, runId: taskId })
  scopeNames.check(given)
  return ownerAt({ tenantId, userId, sessionId, taskId: owner.runId })
}

function isDigest(sha256: unknown): sha256 is string {
  return typeof sha256 === 'string' && /^[\da-f]{64}$/v.test(sha256)
}

function isIdOf(id: string, sha256: string): boolean {
  const digits = id.slice(id.lastIndexOf('_') + 1)
  return digits === sha256 || digits === sha256.slice(0, SHORT_ID_DIGITS)
}

function isObject<Type extends object>(given: unknown): given is Type {
  return typeof given === 'object' && given !== null
}

function tooLarge(): HarborageError {
  return new HarborageError(
    'artifact_too_large',
    `the artifact is larger than ${LARGEST_MAX_BYTES} bytes, which no store keeps`,
  )
}
