import { isDeepStrictEqual, types } from 'node:util'

import type { Item } from '@langchain/langgraph-checkpoint'

import type { Refusal } from './refusal.ts'

/** A condition on the field of a value. The field is `undefined` if the value lacks it. */
type Condition = (field: unknown) => boolean

/** The largest number of values of a `$in` or `$nin`. */
const MAX_LIST = 100_000

/** Makes the condition of an operator from its operand. */
const operators: ReadonlyMap<string, (operand: unknown, refuse: Refusal) => Condition> = new Map([
  ['$eq', equals],
  ['$ne', (operand, refuse) => not(equals(operand, refuse))],
  ['$gt', (operand) => (field) => numberOf(field) > numberOf(operand)],
  ['$gte', (operand) => (field) => numberOf(field) >= numberOf(operand)],
  ['$lt', (operand) => (field) => numberOf(field) < numberOf(operand)],
  ['$lte', (operand) => (field) => numberOf(field) <= numberOf(operand)],
  ['$in', isAmong],
  ['$nin', (operand, refuse) => not(isAmong(operand, refuse))],
])

/** The names that say in other stores how conditions are combined. */
const COMBINATIONS: ReadonlySet<string> = new Set(['$and', '$or', '$nor', '$not'])

/**
 * Returns a function that returns whether a value meets all conditions of a filter. Objects and
 * arrays are compared by their content.
 *
 * @throws `invalid_record` if an operator is unknown, stands where a field is named, or has an
 * operand that it cannot have.
 */
export function matcherOf(filter: object, refuse: Refusal): (value: Item['value']) => boolean {
  const conditions = Object.entries<unknown>({ ...filter }).map(([name, given]) => {
    if (operators.has(name) || COMBINATIONS.has(name)) throw refuse(operatorAsField(name))
    return [name, conditionOf(given, refuse)] as const
  })
  return (value) =>
    conditions.every(([name, isMet]) => isMet(Object.hasOwn(value, name) ? value[name] : undefined))
}

function operatorAsField(name: string): string {
  return `has a filter with ${name} in place of a field: name a field, such as { field: { $eq: value } }, and make several searches for one of several conditions`
}

/** Returns the condition on one field. One without operators, `{}`, is met by every field. */
function conditionOf(given: unknown, refuse: Refusal): Condition {
  if (!isPlainObject(given)) return equals(given, refuse)
  const entries = Object.entries<unknown>({ ...given })
  if (entries.length > 0 && !entries.some(([name]) => name.startsWith('$'))) {
    return equals(given, refuse)
  }
  const conditions = entries.map(([name, operand]) => {
    const make = operators.get(name)
    if (make === undefined) {
      throw refuse(
        `has a filter with an unknown operator: use ${[...operators.keys()].join(', ')}, and { $eq: value } to compare with an object whose names begin with $`,
      )
    }
    return make(operand, refuse)
  })
  return (field) => conditions.every((isMet) => isMet(field))
}

function equals(operand: unknown, refuse: Refusal): Condition {
  const stored = storedForm(operand, refuse)
  if (typeof stored !== 'object' || stored === null) return (field) => field === stored
  return (field) => isDeepStrictEqual(field, stored)
}

function isAmong(operand: unknown, refuse: Refusal): Condition {
  if (!Array.isArray(operand) || operand.length > MAX_LIST) {
    throw refuse(
      `has a filter with a $in or $nin of no array, or of a longer one than it may have: pass up to ${MAX_LIST} values`,
    )
  }
  const conditions = Array.from<unknown>(operand).map((each) => equals(each, refuse))
  return (field) => conditions.some((isMet) => isMet(field))
}

function not(condition: Condition): Condition {
  return (field) => !condition(field)
}

/** Returns the number that an operand or a field is compared as; NaN if it is none. */
function numberOf(value: unknown): number {
  if (types.isDate(value)) return value.getTime()
  const isNone = (typeof value === 'object' && value !== null) || typeof value === 'symbol'
  return isNone ? Number.NaN : Number(value)
}

/** Returns an operand as it would be in a value that was stored. */
function storedForm(operand: unknown, refuse: Refusal): unknown {
  if (typeof operand !== 'object' || operand === null) return operand
  try {
    const stored: unknown = JSON.parse(JSON.stringify(operand))
    return stored
  } catch (cause) {
    throw refuse('has a filter that is no JSON: pass what a value may hold', { cause })
  }
}

/** Returns whether a value is an object literal, of any realm. */
function isPlainObject(given: unknown): given is object {
  if (typeof given !== 'object' || given === null) return false
  const prototype = Reflect.getPrototypeOf(given)
  return prototype === null || Reflect.getPrototypeOf(prototype) === null
}
