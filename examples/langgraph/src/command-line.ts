import { parseOptions } from '@harborage/example-kit/parse-options'

export interface Command {
  readonly dsn: string | undefined
  /** Whether only to show the threads of the database. */
  readonly history: boolean
}

export const USAGE = `A LangGraph agent with tools is killed, resumed in another process, waits for a human, and is
forked in time. A rule takes the place of a model, so that it needs no key and no network.

Usage: npx -y pnpm@12 example langgraph [options]

  --dsn DSN            the database: sqlite:./agent.db, postgres://user@host/name
                       (default: a new SQLite file in a temporary folder)
  --history            only show the threads that the database holds
  --help               print this

Exit codes: 0 all is well, 1 the work or a check failed, 2 bad input, 130 stopped by Ctrl-C.
`

const options = {
  dsn: { type: 'string' },
  history: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Returns the parsed arguments, or `undefined` if only help was requested.
 *
 * @throws BadInput
 */
export function readCommandLine(args: readonly string[]): Command | undefined {
  const { dsn, history = false, help } = parseOptions(args, options)
  return help === true ? undefined : { dsn, history }
}
