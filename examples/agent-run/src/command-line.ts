import { fileURLToPath } from 'node:url'
import { BadInput } from '@harborage/example-kit/bad-input'
import { type OptionValues, parseOptions } from '@harborage/example-kit/parse-options'
import type { WorkSource } from './slots.ts'

export interface Command {
  readonly source: WorkSource
  /** The largest number of files or conversations. */
  readonly limit: number | undefined
  readonly kills: number
  readonly seed: number
  readonly dsn: string | undefined
  readonly keep: boolean
  readonly again: boolean
}

export const USAGE = `A small agent works through real files while its process is killed again and again.
Everything that it does is kept in Harborage's state store, and nothing is lost or done twice.

Usage: npx -y pnpm@12 demo [options]

  --folder DIR         work through the text files of this folder (default: this repository)
  --transcript FILE    replay a chat transcript instead: messages in the format of OpenAI, as
                       [...], as { "messages": [...] }, or as recorded runs with "traj"
  --limit N            the largest number of files (default: 100) or conversations (default: all)
  --kills N            how often to kill the worker, 0 to 100 (default: 8)
  --seed N             choose the same steps for the kills as an earlier run with this seed
  --dsn DSN            the database: sqlite:./agent.db, postgres://user@host/name
                       (default: a new SQLite file in a temporary folder)
  --keep               do not remove that temporary file at the end
  --again              if the database holds this run already, forget it and start over
  --help               print this

Exit codes: 0 all is well, 1 the work or a check failed, 2 bad input, 130 stopped by Ctrl-C.
`

const THIS_REPOSITORY = new URL('../../../', import.meta.url)
const DEFAULT_KILLS = 8
const MOST_KILLS = 100
const LARGEST_SEED = 999_999

/** Returns the parsed arguments, or `undefined` if only help was requested. */
export function readCommandLine(args: readonly string[]): Command | undefined {
  const values = parseOptions(args, options)
  if (values.help === true) return undefined
  if (values.folder !== undefined && values.transcript !== undefined) {
    throw new BadInput('Give either --folder or --transcript, not both.')
  }
  return {
    source: sourceOf(values),
    limit: wholeNumber('--limit', values.limit, 1, Number.MAX_SAFE_INTEGER),
    kills: wholeNumber('--kills', values.kills, 0, MOST_KILLS) ?? DEFAULT_KILLS,
    seed:
      wholeNumber('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER) ??
      Math.floor(Math.random() * LARGEST_SEED),
    dsn: values.dsn,
    keep: values.keep ?? false,
    again: values.again ?? false,
  }
}

const options = {
  folder: { type: 'string' },
  transcript: { type: 'string' },
  limit: { type: 'string' },
  kills: { type: 'string' },
  seed: { type: 'string' },
  dsn: { type: 'string' },
  keep: { type: 'boolean' },
  again: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = OptionValues<typeof options>

function sourceOf({ folder, transcript }: Values): WorkSource {
  if (transcript !== undefined)
    return { type: 'transcript', path: named('--transcript', transcript) }
  if (folder !== undefined) return { type: 'folder', path: named('--folder', folder) }
  return { type: 'folder', path: fileURLToPath(THIS_REPOSITORY) }
}

function named(option: string, value: string): string {
  if (value === '') throw new BadInput(`${option} needs a name after it.`)
  return value
}

function wholeNumber(
  option: string,
  value: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (value === undefined) return undefined
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  throw new BadInput(`${option} takes a whole number ${range}, and not "${value}".`)
}
