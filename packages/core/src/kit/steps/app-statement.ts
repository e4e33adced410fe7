import { types } from 'node:util'
import { HarborageError } from '../../harborage-error.ts'
import { captureDate, describeType } from '../argument-checks.ts'
import { strictJson } from '../json.ts'
import type { AppStatement } from './database-sides.ts'

/** A captured statement of the application. */
export interface CapturedStatement {
  readonly statement: AppStatement
  /** The approximate size of its text and values. */
  readonly bytes: number
  /** Its text and values, for the digest of the step. */
  readonly content: readonly (string | Uint8Array)[]
}

const VERBS = /^\s*(insert|update|delete|merge)\b/i

/**
 * Captures a compiled statement of the application.
 *
 * @throws `invalid_record` if it is no INSERT, UPDATE, DELETE or MERGE, or a value has a type that
 * no database takes.
 */
export function captureAppStatement(given: unknown): CapturedStatement {
  if (typeof given !== 'object' || given === null) {
    throw malformed(`the statement is ${describeType(given)}: pass a compiled one, with its values`)
  }
  const sql: unknown = Reflect.get(given, 'sql')
  const values: unknown = Reflect.get(given, 'parameters') ?? Reflect.get(given, 'params')
  if (typeof sql !== 'string' || !isArray(values)) {
    throw malformed(
      'the statement is not compiled: pass query.compile() of Kysely or query.toSQL() of Drizzle',
    )
  }
  if (!VERBS.test(sql) || sql.includes('\0')) {
    throw malformed(
      'the statement is not one INSERT, UPDATE, DELETE or MERGE that begins with that word, without a comment or a WITH before it: read before the step, and make anything else in a transaction of your own',
    )
  }
  const captured = Array.from(values, capture)
  return {
    statement: { sql, values: captured.map(({ value }) => value) },
    bytes: sql.length + captured.reduce((sum, { content }) => sum + content.length, 0),
    content: [sql, ...captured.map(({ content }) => content)],
  }
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

interface CapturedValue {
  readonly value: unknown
  readonly content: string | Uint8Array
}

function capture(value: unknown, index: number): CapturedValue {
  if (typeof value === 'object') return captureObject(value, index)
  if (typeof value === 'string') return { value, content: `s${value}` }
  if (typeof value === 'boolean' || typeof value === 'bigint' || isFiniteNumber(value)) {
    return { value, content: `${typeof value} ${value}` }
  }
  throw malformed(
    `parameter ${index + 1} is ${describeType(value)}: pass null, or a value that the database takes`,
  )
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function captureObject(value: object | null, index: number): CapturedValue {
  if (value === null) return { value, content: 'null' }
  if (types.isUint8Array(value)) {
    const bytes = Buffer.from(value)
    return { value: bytes, content: Buffer.concat([Buffer.from('x'), bytes]) }
  }
  const date = captureDate(value)
  if (date !== undefined) return { value: date, content: `d${date.getTime()}` }
  const json = strictJson(`parameter ${index + 1}`, value)
  return { value: JSON.parse(json), content: `j${json}` }
}

function malformed(message: string): HarborageError {
  return new HarborageError('invalid_record', message)
}
