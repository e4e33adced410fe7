import { parseOptions } from './parse-options.ts'

/** The command line of an example whose only option is its database. */
export interface DsnCommand {
  /** `undefined` for a new file in a temporary folder. */
  readonly dsn: string | undefined
}

/** What the usage of such an example says of its options and exit codes. */
export const DSN_USAGE = `  --dsn DSN            the database: sqlite:./agent.db, postgres://user@host/name
                       (default: a new SQLite file in a temporary folder)
  --help               print this

Exit codes: 0 all is well, 1 the work or a check failed, 2 bad input, 130 stopped by Ctrl-C.
`

const options = {
  dsn: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Returns the parsed arguments, or `undefined` if only help was requested.
 *
 * @throws BadInput
 */
export function readDsnCommand(args: readonly string[]): DsnCommand | undefined {
  const { dsn, help } = parseOptions(args, options)
  return help === true ? undefined : { dsn }
}
