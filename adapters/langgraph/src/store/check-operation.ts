import { isHarborageError } from '@harborage/core'
import type { Item, MatchCondition, Operation } from '@langchain/langgraph-checkpoint'

import { checkNamespace } from './check-namespace.ts'
import type { ItemName } from './item-kind.ts'
import { matcherOf } from './match-filter.ts'
import { fieldOf } from './field-of.ts'
import { refusalOf, type Refusal } from './refusal.ts'
import { refuseQuery, refuseTtl } from './not-supported.ts'

/** The number of items that a search returns unless it names a `limit`. */
const SEARCH_LIMIT = 10

/** What to skip of all results, and how many to return then. */
export interface Paging {
  readonly offset: number
  /** May be Infinity. */
  readonly limit: number
}

/** A checked get. */
export interface Get {
  readonly type: 'get'
  readonly name: ItemName
}

/** A checked put or delete. */
export interface Change {
  readonly type: 'change'
  readonly name: ItemName
  /** `null` deletes the item. Not copied. */
  readonly value: Item['value'] | null
  /** Makes the error about it. */
  readonly refuse: Refusal
}

/** A checked search. */
export interface Search extends Paging {
  readonly type: 'search'
  readonly namespacePrefix: readonly string[]
  /** Returns whether a value meets the filter. Absent if there is none. */
  readonly isMatch: ((value: Item['value']) => boolean) | undefined
}

/** A checked list of namespaces. */
export interface NamespaceList extends Paging {
  readonly type: 'listNamespaces'
  readonly conditions: readonly MatchCondition[]
  readonly maxDepth: number
}

/** A checked operation of a batch. */
export type CheckedOperation = Get | Change | Search | NamespaceList

/**
 * Checks the operations of a batch.
 *
 * @throws InvalidNamespaceError of LangGraph if a namespace is malformed; `search_index_required`
 * if a search has a query; `ttl_not_supported` if a put has a `ttl`; `invalid_record` if something
 * else is malformed. The `entry` of the error names the operation.
 */
export function checkOperations(operations: readonly Operation[]): readonly CheckedOperation[] {
  const checked: CheckedOperation[] = []
  try {
    if (!Array.isArray(operations)) throw new TypeError('not an array')
    for (const operation of operations as readonly unknown[]) {
      checked.push(checkOperation(operation, refusalOf(checked.length)))
    }
    return checked
  } catch (cause) {
    if (isHarborageError(cause)) throw cause
    throw refusalOf(checked.length)('cannot be read: pass an array of plain objects', { cause })
  }
}

function checkOperation(operation: unknown, refuse: Refusal): CheckedOperation {
  if (typeof operation !== 'object' || operation === null) throw refuse('is no object')
  if ('namespacePrefix' in operation) return checkSearch(operation, refuse)
  if ('namespace' in operation) {
    return 'value' in operation ? checkChange(operation, refuse) : checkGet(operation, refuse)
  }
  if ('matchConditions' in operation || 'limit' in operation) {
    return checkNamespaceList(operation, refuse)
  }
  throw refuse('is neither a get, a put, a search nor a list of namespaces')
}

function checkGet(given: object, refuse: Refusal): Get {
  return { type: 'get', name: checkName(given, refuse) }
}

function checkChange(given: object, refuse: Refusal): Change {
  refuseTtl(given, refuse)
  const name = checkName(given, refuse)
  const value = fieldOf(given, 'value')
  if (value !== null && !isItemValue(value)) {
    throw refuse('has a value that is no object: pass one, or null to delete the item')
  }
  return { type: 'change', name, value, refuse }
}

function checkSearch(given: object, refuse: Refusal): Search {
  const prefix = fieldOf(given, 'namespacePrefix')
  const filter = fieldOf(given, 'filter')
  if (filter !== undefined && filter !== null && typeof filter !== 'object') {
    throw refuse('has a filter that is no object')
  }
  refuseQuery(given, refuse)
  return {
    type: 'search',
    namespacePrefix: checkNamespace(prefix, { allowEmpty: true, allowReservedRoot: true }),
    isMatch: filter ? matcherOf(filter, refuse) : undefined,
    ...checkPaging(given, SEARCH_LIMIT, refuse),
  }
}

function checkNamespaceList(given: object, refuse: Refusal): NamespaceList {
  const conditions = fieldOf(given, 'matchConditions') ?? []
  if (!Array.isArray(conditions)) throw refuse('has matchConditions that are no array')
  const maxDepth = fieldOf(given, 'maxDepth') ?? Number.POSITIVE_INFINITY
  if (!isCount(maxDepth) || maxDepth < 1) {
    throw refuse('has a malformed maxDepth: pass a whole number of at least 1')
  }
  return {
    type: 'listNamespaces',
    conditions: checkConditions(conditions, refuse),
    maxDepth,
    ...checkPaging(given, Number.POSITIVE_INFINITY, refuse),
  }
}

function checkConditions(given: readonly unknown[], refuse: Refusal): readonly MatchCondition[] {
  const conditions: MatchCondition[] = []
  for (const condition of given) conditions.push(checkCondition(condition, refuse))
  return conditions
}

function checkCondition(given: unknown, refuse: Refusal): MatchCondition {
  const isObject = typeof given === 'object' && given !== null
  const matchType = isObject ? fieldOf(given, 'matchType') : undefined
  if (!isObject || (matchType !== 'prefix' && matchType !== 'suffix')) {
    throw refuse("has a malformed condition: pass { matchType: 'prefix' or 'suffix', path }")
  }
  const path = checkNamespace(fieldOf(given, 'path'), { allowEmpty: true, allowReservedRoot: true })
  return { matchType, path }
}

function checkPaging(given: object, defaultLimit: number, refuse: Refusal): Paging {
  const limit = fieldOf(given, 'limit') ?? defaultLimit
  const offset = fieldOf(given, 'offset') ?? 0
  if (!isCount(limit) || !isCount(offset) || offset === Number.POSITIVE_INFINITY) {
    throw refuse('has a malformed limit or offset: pass whole numbers of at least 0')
  }
  return { limit, offset }
}

function checkName(given: object, refuse: Refusal): ItemName {
  const namespace = checkNamespace(fieldOf(given, 'namespace'), { allowReservedRoot: true })
  const key = fieldOf(given, 'key')
  if (typeof key !== 'string') throw refuse('has a key that is no string')
  return { namespace, key }
}

function isItemValue(value: unknown): value is Item['value'] {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  if (typeof value !== 'number' || value < 0) return false
  return Number.isSafeInteger(value) || value === Number.POSITIVE_INFINITY
}
