import { HarborageError } from '@harborage/core'
import { describeType, KnownNames } from '@harborage/core/kit'

/** What the harness of one suite may have besides the settings of all. */
export interface OwnParts {
  /** The names of its optional functions. */
  readonly functions?: readonly string[]
  /** The names of its optional objects of functions, and the names of those. */
  readonly groups?: Readonly<Record<string, readonly string[]>>
}

type Given = Readonly<Record<string, unknown>>

const settings = ['open', 'durable', 'shared', 'histories', 'callMs'] as const
const histories = new KnownNames('harness.histories', ['runs', 'seed'], 'invalid_config')

/**
 * Checks what a suite was called with: a misspelled or malformed setting would leave cases out.
 *
 * @throws `invalid_config`, with the name of the setting.
 */
export function checkSuite(
  runner: unknown,
  harness: unknown,
  { functions = [], groups = {} }: OwnParts,
): void {
  checkRunner(runner)
  const found = given('harness', harness, 'pass an object with open and durable')
  const names = [...settings, ...functions, ...Object.keys(groups)]
  new KnownNames('harness', names, 'invalid_config').check(found)
  checkFunction('harness.open', found['open'], 'pass a function that opens a store on the driver')
  checkBoolean('harness.durable', found['durable'], 'pass true or false')
  if (found['shared'] !== undefined) {
    checkBoolean('harness.shared', found['shared'], 'pass true or false, or leave it out')
  }
  checkHistories(found['histories'])
  checkCallMs(found['callMs'])
  for (const name of functions) checkOptionalFunction(`harness.${name}`, found[name])
  for (const [name, members] of Object.entries(groups)) checkGroup(name, found[name], members)
}

function checkRunner(runner: unknown): void {
  const advice = 'pass { describe, it } of your test runner'
  // That of node:test is a function with the two.
  const found = typeof runner === 'function' ? asGiven(runner) : given('runner', runner, advice)
  for (const name of ['describe', 'it']) checkFunction(`runner.${name}`, found[name], advice)
}

function checkGroup(name: string, value: unknown, members: readonly string[]): void {
  if (value === undefined) return
  const field = `harness.${name}`
  const group = given(field, value, `pass an object with some of ${members.join(', ')}`)
  new KnownNames(field, members, 'invalid_config').check(group)
  for (const member of members) checkOptionalFunction(`${field}.${member}`, group[member])
}

function checkHistories(value: unknown): void {
  if (value === undefined) return
  const found = given('harness.histories', value, 'pass { runs, seed } or leave it out')
  histories.check(found)
  const { runs, seed } = found
  if (!isIntegerFrom(1, runs)) {
    refuse('harness.histories.runs', runs, 'pass an integer of at least 1')
  }
  if (seed !== undefined && !isIntegerFrom(Number.MIN_SAFE_INTEGER, seed)) {
    refuse('harness.histories.seed', seed, 'pass a safe integer or leave it out')
  }
}

function checkCallMs(value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    refuse('harness.callMs', value, 'pass a number of milliseconds above 0, or leave it out')
  }
}

function checkBoolean(field: string, value: unknown, advice: string): void {
  if (typeof value !== 'boolean') refuse(field, value, advice)
}

function checkOptionalFunction(field: string, value: unknown): void {
  if (value !== undefined) checkFunction(field, value, 'pass a function or leave it out')
}

function checkFunction(field: string, value: unknown, advice: string): void {
  if (typeof value !== 'function') refuse(field, value, advice)
}

function isIntegerFrom(least: number, value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least
}

/** Returns an argument whose properties can be read. */
function given(field: string, value: unknown, advice: string): Given {
  if (typeof value !== 'object' || value === null) return refuse(field, value, advice)
  return asGiven(value)
}

/** Returns the same object, which may be read by any name. */
function asGiven(value: object): Given {
  return value as Given
}

function refuse(field: string, value: unknown, advice: string): never {
  const what = typeof value === 'number' ? String(value) : describeType(value)
  throw new HarborageError('invalid_config', `${field} is ${what}: ${advice}`)
}
