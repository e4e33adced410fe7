import {
  checkOpenStore,
  checkSessionId,
  invalidOption,
  OptionNames,
  type UserOption,
} from '@harborage/core/adapter'
import type { StateStore } from '@harborage/state'
import type { RunClaim } from './run-claim.ts'

/** The time for which a claim is held unless it is renewed, in milliseconds. */
export const DEFAULT_TTL_MS = 30_000

/** The options of `claimRunState`. */
export interface ClaimOptions {
  /** An open state store, which stays open. */
  readonly state: StateStore
  /** The user whose run it is, or a function that returns the user of the call. */
  readonly owner: UserOption
  /**
   * The id of the session of the run. What is kept of the claim is then part of the session, and
   * is erased with it. Default: none, and it is the user's.
   */
  readonly sessionId?: string
  /** What `RunState.toString()` returned: the very text that was stored, before any approval. */
  readonly runState: string
  /**
   * How long the claim is held after its process has died, in milliseconds by the clock of the
   * database: 100 to 7 days. Default: 30,000.
   */
  readonly ttlMs?: number
}

/**
 * The answer of `claimRunState`.
 *
 * - `'claimed'`: this process goes on with the run, and no other one does.
 * - `'held'`: another process goes on with it, or has died less than `ttlMs` ago.
 * - `'finished'`: it was gone on with, to the end. Do not run it again.
 */
export type ClaimResult =
  | { readonly status: 'claimed'; readonly claim: RunClaim }
  | { readonly status: 'held' }
  | {
      readonly status: 'finished'
      /** What `RunClaim.finish` was called with, or `undefined`. */
      readonly outcome: string | undefined
    }

/** The checked options of a claim, but for the owner. */
export interface CheckedClaim {
  readonly state: StateStore
  readonly owner: UserOption
  readonly sessionId: string | undefined
  readonly runState: string
  readonly ttlMs: number
}

/** The least time of a claim. Shorter ones would expire while they are renewed. */
const MIN_TTL_MS = 100

const claimNames = new OptionNames('claimRunState', [
  'state',
  'owner',
  'sessionId',
  'runState',
  'ttlMs',
])

/**
 * Checks the options, but for the owner.
 *
 * @throws `identity_required` if a `sessionId` is empty; `invalid_identity` if it is no text;
 * `invalid_config` if an option is missing, malformed or unknown.
 */
export function checkClaim(given: ClaimOptions): CheckedClaim {
  const options = claimNames.read(given)
  const { state, owner, ttlMs = DEFAULT_TTL_MS } = options
  checkOpenStore('state', state, 'lease', 'openStateStore')
  const sessionId = 'sessionId' in options ? checkSessionId(options.sessionId) : undefined
  const runState: unknown = options.runState
  if (typeof runState !== 'string' || runState === '') {
    throw invalidOption(
      'runState is no text: pass what RunState.toString() returned when the run was interrupted',
    )
  }
  if (typeof ttlMs !== 'number' || !Number.isInteger(ttlMs) || ttlMs < MIN_TTL_MS) {
    throw invalidOption(`ttlMs is no whole number of at least ${MIN_TTL_MS}: pass milliseconds`)
  }
  return { state, owner, sessionId, runState, ttlMs }
}
