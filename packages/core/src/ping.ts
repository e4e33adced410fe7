import { HarborageError } from './harborage-error.ts'
import { checkOptionNames, KnownNames } from './kit/argument-checks.ts'
import { settlesWithin } from './kit/settles-within.ts'

/** The longest time limit of a ping, in milliseconds: a minute. */
const MAX_TIMEOUT_MS = 60_000
const DEFAULT_TIMEOUT_MS = 1_000

/** Options of `Database.ping`. */
export interface PingOptions {
  /** The time limit in whole milliseconds, from 1 to 60,000. Default: 1,000. */
  readonly timeoutMs?: number
}

const names = new KnownNames('options', ['timeoutMs'])

/**
 * Checks the options of a ping, and returns its time limit in milliseconds.
 *
 * @throws `invalid_record` if an option is malformed or unknown.
 */
export function checkPing(options: PingOptions | undefined): number {
  checkOptionNames(options, names)
  const timeoutMs: unknown = options?.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const isSound =
    typeof timeoutMs === 'number' &&
    Number.isSafeInteger(timeoutMs) &&
    timeoutMs >= 1 &&
    timeoutMs <= MAX_TIMEOUT_MS
  if (isSound) return timeoutMs
  throw new HarborageError(
    'invalid_record',
    `options.timeoutMs is no whole number from 1 to ${MAX_TIMEOUT_MS}: pass one, or leave it out`,
  )
}

/**
 * Waits for the answer to a ping. An answer that comes too late is ignored.
 *
 * @throws `store_unavailable` if there is none in time. What the answer rejects with.
 */
export async function answersWithin(timeoutMs: number, answer: Promise<unknown>): Promise<void> {
  if (await settlesWithin(timeoutMs, answer)) return
  throw new HarborageError(
    'store_unavailable',
    `the database did not answer within ${timeoutMs} ms: it is away, or all connections are in use. See the gauges of the database`,
  )
}
