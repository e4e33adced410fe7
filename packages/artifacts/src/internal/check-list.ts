import { HarborageError, isHarborageError } from '@harborage/core'
import {
  checkLimit,
  checkMaintenanceClaim,
  checkName,
  checkOrder,
  checkPageSize,
  checkRequiredName,
  checkSignal,
  checkWideOwner,
  describeType,
  KnownNames,
  listOptionNames,
  readProperty,
  type CheckedWalk,
} from '@harborage/core/kit'
import type {
  ArtifactFilter,
  ArtifactListOptions,
  ArtifactName,
  ArtifactScope,
  RefPlace,
} from '../artifact.ts'
import type { ArtifactKey, ArtifactPage } from '../artifact-driver.ts'
import {
  checkArtifactId,
  checkScope,
  checkVisibility,
  scopeParts,
  wideScope,
} from './check-artifact.ts'
import { namespaceOf } from './namespace-of.ts'

const filterParts = [...scopeParts, 'namespace'] as const
const filterNames = new KnownNames(
  'the filter',
  [...filterParts, 'maintenanceScoped'],
  'invalid_identity',
)

const listNames = new KnownNames('options', [...listOptionNames, 'from', 'to', 'expired'])

type CheckedFilter = Pick<ArtifactPage, (typeof scopeParts)[number] | 'namespace'>

/** The checked arguments of a list. */
export interface CheckedList extends CheckedWalk {
  /** What is the same in all of its pages. */
  readonly list: Omit<ArtifactPage, 'after' | 'limit' | 'maxBytes'>
}

/** Checks the filter and the options of a list. */
export function checkList(
  filter: ArtifactFilter,
  options: ArtifactListOptions | undefined,
): CheckedList {
  const parts = checkFilter(filter)
  return {
    signal: checkSignal(options, listNames),
    limit: checkPageSize(options),
    total: checkLimit(options),
    list: {
      ...parts,
      order: checkOrder(options),
      from: checkBound('options.from', options?.from, parts),
      to: checkBound('options.to', options?.to, parts),
      visibility: checkVisibility(options?.expired),
    },
  }
}

/**
 * Checks a bound of a list, which has to be within its filter: a bound elsewhere is a mistake, and
 * so no driver has to compare the parts that the filter names.
 */
function checkBound(
  field: string,
  bound: string | ArtifactName | undefined,
  parts: CheckedFilter,
): RefPlace | undefined {
  if (bound === undefined) return undefined
  const { scope, id } = readBound(field, bound, parts)
  const namespace = namespaceOf(id)
  const at = { ...scope, namespace }
  const isWithin = filterParts.every(
    (part) => parts[part] === undefined || parts[part] === at[part],
  )
  if (isWithin) return { scope, namespace, id }
  throw new HarborageError(
    'scope_mismatch',
    `${field} is outside of the filter: pass an artifact of the scope and namespace that it names`,
  )
}

function readBound(field: string, bound: string | ArtifactName, parts: CheckedFilter): ArtifactKey {
  if (typeof bound === 'string') {
    return { scope: scopeOfFilter(field, parts), id: checkArtifactId(bound, field) }
  }
  if (typeof bound !== 'object' || bound === null) {
    throw new HarborageError(
      'invalid_record',
      `${field} is ${describeType(bound)}: pass an id or an ArtifactRef, or leave it out`,
    )
  }
  const { scope, id } = bound
  return { scope: checkScope(scope), id: checkArtifactId(id, `${field}.id`) }
}

/** Returns the scope of a bound that is only an id: that of the filter. */
function scopeOfFilter(
  field: string,
  { tenantId, userId, sessionId, taskId }: CheckedFilter,
): Required<ArtifactScope> {
  if (
    tenantId !== undefined &&
    userId !== undefined &&
    sessionId !== undefined &&
    taskId !== undefined
  ) {
    return { tenantId, userId, sessionId, taskId }
  }
  throw new HarborageError(
    'invalid_record',
    `${field} is an id, and the filter covers several scopes: pass an ArtifactRef, or name the whole scope with its taskId in the filter`,
  )
}

/** Checks a filter. Without a part of the identity it needs the maintenance scope. */
function checkFilter(filter: ArtifactFilter): CheckedFilter {
  const wide = checkWideOwner(filter)
  if (wide !== undefined) return { ...wideScope(wide), namespace: undefined }
  const { tenantId, userId, sessionId, taskId, namespace } = readFilter(filter)
  const crossesIdentities = [tenantId, userId, sessionId].includes(undefined)
  if (crossesIdentities) checkMaintenanceClaim(filter)
  return {
    tenantId: checkFilterPart('tenantId', tenantId),
    userId: checkFilterPart('userId', userId),
    sessionId: checkFilterPart('sessionId', sessionId),
    taskId:
      taskId === undefined ? undefined : checkName('filter.taskId', taskId, 'invalid_identity'),
    namespace:
      namespace === undefined
        ? undefined
        : checkRequiredName('filter.namespace', namespace, 'invalid_record'),
  }
}

/**
 * Reads each part of a filter once: a getter may throw, or return another value at the second read.
 */
function readFilter(filter: ArtifactFilter): { readonly [Part in keyof ArtifactFilter]?: unknown } {
  const given: unknown = filter
  if (given === undefined || given === null) {
    throw new HarborageError(
      'identity_required',
      'the filter is missing: pass { tenantId, userId, sessionId }',
    )
  }
  if (typeof given !== 'object') {
    throw new HarborageError(
      'invalid_identity',
      `the filter is ${describeType(given)}: pass an object { tenantId, userId, sessionId }`,
    )
  }
  try {
    const parts = filterParts.map((part) => [part, readProperty(given, part)] as const)
    filterNames.checkUnknown(given)
    return Object.fromEntries(parts)
  } catch (cause) {
    if (isHarborageError(cause)) throw cause
    throw new HarborageError('invalid_identity', 'the filter cannot be read: pass a plain object', {
      cause,
    })
  }
}

function checkFilterPart(part: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (value === null || value === '') {
    throw new HarborageError(
      'identity_required',
      `filter.${part} is empty: pass a non-empty string, or leave it out under the maintenance scope`,
    )
  }
  return checkName(`filter.${part}`, value, 'invalid_identity')
}
