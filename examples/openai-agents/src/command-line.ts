import { parseOptions } from '@harborage/example-kit/parse-options'

export interface Command {
  readonly dsn: string | undefined
}

export const USAGE = `An agent of the OpenAI Agents SDK waits for an approval. The process that goes on with it is killed
after the charge and before its acknowledgment, and another one takes it over. Fixed answers take
the place of a model, so that it needs no key and no network.

Usage: npx -y pnpm@12 example openai-agents [options]

  --dsn DSN            the database: sqlite:./agent.db, postgres://user@host/name
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
export function readCommandLine(args: readonly string[]): Command | undefined {
  const { dsn, help } = parseOptions(args, options)
  return help === true ? undefined : { dsn }
}
