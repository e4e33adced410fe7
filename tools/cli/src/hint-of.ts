import { codeOf } from '@harborage/core/kit'

/** What a command can say about a failure, beside the message of a store or an engine. */
export interface Hintable {
  /** The code of the error; `undefined` of a finding. */
  readonly code?: string
  readonly cause?: unknown
}

/** What a command does about an error of a store, by its code. */
const ofCodes: ReadonlyMap<string, string> = new Map([
  ['schema_outdated', ' (harborage migrate does it)'],
])

const UNPREPARED = ' (here --no-prepared-statements, or "preparedStatements": false in the profile)'

/** The hints on what a server answers behind a pooler, by its SQLSTATE. */
const ofStates: ReadonlyMap<string, string> = new Map([
  ['42P05', UNPREPARED],
  ['26000', UNPREPARED],
])

/** Returns what to add to the message of an error or a finding; `''` if there is nothing. */
export function hintOf({ code = '', cause }: Hintable): string {
  return ofCodes.get(code) ?? ofStates.get(codeOf(cause) ?? '') ?? ''
}
