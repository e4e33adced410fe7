import { parseArgs } from 'node:util'

import { UsageError } from './usage-error.ts'

export interface Options {
  readonly quick: boolean
  /** Only cases with one of these in their name. */
  readonly only: readonly string[]
  readonly rounds: number
  /** The revision to compare this checkout with, in turns. */
  readonly against: string | undefined
  /** A file of an earlier run. */
  readonly compare: string | undefined
  /** Whether docs/ is written. */
  readonly write: boolean
}

export const HELP = `Harborage beside the bare clients and the stores that people use today.

  pnpm bench                     every case, about a quarter of an hour; writes docs/benchmarks.md
  pnpm bench --quick             few and short rounds, no large stores; writes nothing
  pnpm bench --only save-32      cases with that in their name; can be given several times; writes nothing
  pnpm bench --rounds 20         20 rounds instead of 11
  pnpm bench --against REV       this checkout next to another revision of the project, 63 rounds; writes nothing,
                                 and exits with 1 if a case is slower
  pnpm bench --compare FILE      shows the differences to an earlier run (docs/benchmarks/latest.json)
  pnpm bench --write             writes docs/ also after a quick run or one of some cases

HARBORAGE_BENCH_POSTGRES       a PostgreSQL server to use instead of one of its own
HARBORAGE_BENCH_TRAJECTORIES   a file of recorded runs to replay`

const ROUNDS = 11
const ROUNDS_AGAINST = 63
const QUICK_ROUNDS = 3

/**
 * Parses the arguments. Returns `undefined` if help is requested.
 *
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = parse(args)
  if (values.help) return undefined
  const usualRounds = values.against === undefined ? ROUNDS : ROUNDS_AGAINST
  const rounds = Number(values.rounds ?? (values.quick ? QUICK_ROUNDS : usualRounds))
  if (!Number.isInteger(rounds) || rounds < 1) throw new UsageError('--rounds has to be 1 or more')
  const { quick, only, against, compare } = values
  if (against !== undefined && (compare !== undefined || values.write)) {
    throw new UsageError('--against goes neither with --compare nor with --write')
  }
  const isWhole = !quick && only.length === 0 && against === undefined
  return { quick, only, rounds, against, compare, write: values.write || isWhole }
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        rounds: { type: 'string' },
        against: { type: 'string' },
        compare: { type: 'string' },
        write: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${reason}\n\n${HELP}`, { cause })
  }
}
