import type { Health } from '../health.ts'
import type { HeldMemory, KeptTurn, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import type { HealthStep } from '../memory-events.ts'
import type { SummaryFailure } from '../summarizer.ts'
import { sumOfTokens, withoutTurns } from './header.ts'
import { walkHealth } from './walk-health.ts'

/** The largest number of turns that one summarization adds to the summary. */
export const FOLD_BATCH_TURNS = 16

/**
 * The result of a claim.
 *
 * - `idle`: there is nothing to fold.
 * - `busy`: another claim is in force.
 * - `early`: the pause after a failure is not over.
 * - `claimed`: there are turns to fold.
 */
export type Claim =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy'; readonly claimId: string }
  | { readonly kind: 'early'; readonly failure: Failure }
  | {
      readonly kind: 'claimed'
      readonly claimId: string
      readonly previousSummary: string
      readonly turns: readonly KeptTurn[]
      /** The position of the last of the turns. */
      readonly through: number
      readonly steps: readonly HealthStep[]
    }

/** A granted claim. */
export type Claimed = Claim & { readonly kind: 'claimed' }

/** A failed summarization that is to be retried. */
export interface Failure {
  /** The claim of the fold that failed; `undefined` if the header does not name it. */
  readonly claimId: string | undefined
  /** The number of failures in a row. */
  readonly count: number
}

/** The result of ending a fold. */
export interface FoldEnd {
  /** Whether the fold had no effect, because its claim was no longer in force. */
  readonly stale: boolean
  readonly health: Health
  readonly failures: number
  readonly steps: readonly HealthStep[]
}

/** The rules for granting a claim. */
export interface ClaimRules {
  readonly recentTurns: number
  /** Returns whether a claim has expired, so that it may be replaced. */
  readonly mayReplace: (claimId: string) => boolean
  /** Returns whether the pause after a failure is over. */
  readonly mayRetry: (failure: Failure) => boolean
}

/**
 * Decides whether a claim to fold is granted. Over all processes, one fold of a conversation runs
 * at a time.
 *
 * @param claimId The id of this claim, which no other has.
 */
export function claimFold(
  held: HeldMemory,
  claimId: string,
  rules: ClaimRules,
): MemoryChange<Claim> {
  const { header } = held
  if (header?.strategy !== 'rolling_summary') return { result: { kind: 'idle' } }
  if (header.foldClaimId !== undefined && !rules.mayReplace(header.foldClaimId)) {
    return { result: { kind: 'busy', claimId: header.foldClaimId } }
  }
  const failure = { claimId: header.lastAppliedId, count: header.failures }
  if (header.foldClaimId === undefined && header.health === 'retry' && !rules.mayRetry(failure)) {
    return { result: { kind: 'early', failure } }
  }
  const counted = withActualCounts(header, held.oldest)
  const turns = held.oldest.slice(0, Math.max(counted.turns - rules.recentTurns, 0))
  const last = turns.at(-1)
  if (last === undefined) {
    return { result: { kind: 'idle' }, ...(counted === header ? {} : { header: counted }) }
  }
  const { health, steps } = walkHealth(
    header.health,
    header.health === 'degraded' ? ['recovering'] : [],
    'recovery_attempt',
  )
  return {
    result: {
      kind: 'claimed',
      claimId,
      previousSummary: held.summary,
      turns,
      through: last.position,
      steps,
    },
    header: {
      ...counted,
      health,
      foldClaimId: claimId,
      // A claim may be made again with the id of a fold whose answer was lost. The new fold is not
      // applied yet.
      lastAppliedId: header.lastAppliedId === claimId ? undefined : header.lastAppliedId,
    },
  }
}

/** Decides the end of a successful fold: replaces the claimed turns by the new summary. */
export function commitFold(
  { header }: HeldMemory,
  claim: Claimed,
  summary: string,
): MemoryChange<FoldEnd> {
  if (!isStillClaimed(header, claim)) return { result: stale(header) }
  const { health, steps } = walkHealth(
    header.health,
    header.health === 'healthy' ? [] : ['healthy'],
    'summarized',
  )
  return {
    result: { stale: false, health, failures: 0, steps },
    header: {
      ...withoutTurns(header, claim.turns),
      health,
      failures: 0,
      ...endOf(claim),
    },
    summary,
    removeThrough: claim.through,
  }
}

/** Decides the end of a failed fold: counts the failure and releases the claim. */
export function failFold(
  { header }: HeldMemory,
  claim: Claimed,
  retryAttempts: number,
  reason: SummaryFailure,
): MemoryChange<FoldEnd> {
  if (!isStillClaimed(header, claim)) return { result: stale(header) }
  const failures = header.failures + 1
  const { health, steps } = walkHealth(
    header.health,
    stepsAfterFailure(header.health, failures > retryAttempts),
    reason,
  )
  return {
    result: { stale: false, health, failures, steps },
    header: { ...header, health, failures, ...endOf(claim) },
  }
}

/**
 * Decides the end of an aborted fold: releases the claim without a failure. A recovery ends,
 * because the store closes.
 */
export function releaseFold(
  { header }: HeldMemory,
  claim: Claimed,
): MemoryChange<readonly HealthStep[]> {
  if (!isStillClaimed(header, claim)) return { result: [] }
  const { health, steps } = walkHealth(
    header.health,
    header.health === 'recovering' ? ['degraded'] : [],
    'store_closed',
  )
  return { result: steps, header: { ...header, health, ...endOf(claim) } }
}

/** Returns whether the end of a fold was applied, be it a success, a failure or a release. */
export function wasApplied({ header }: HeldMemory, claim: Claimed): boolean {
  return header?.lastAppliedId === claim.claimId
}

/**
 * Corrects the counts of a header if rows were lost outside the store: fewer were read than it
 * counts.
 */
function withActualCounts(header: MemoryHeader, oldest: readonly KeptTurn[]): MemoryHeader {
  if (oldest.length >= Math.min(header.turns, FOLD_BATCH_TURNS)) return header
  return { ...header, turns: oldest.length, tokens: sumOfTokens(oldest) }
}

function endOf({ claimId }: Claimed): Pick<MemoryHeader, 'foldClaimId' | 'lastAppliedId'> {
  return { foldClaimId: undefined, lastAppliedId: claimId }
}

/**
 * Returns whether a claim is in force. Another claim, a restore, a conversion or dropped turns end
 * it.
 */
function isStillClaimed(header: MemoryHeader | undefined, claim: Claimed): header is MemoryHeader {
  return header?.foldClaimId === claim.claimId && header.strategy === 'rolling_summary'
}

function stale(header: MemoryHeader | undefined): FoldEnd {
  return {
    stale: true,
    health: header?.health ?? 'healthy',
    failures: header?.failures ?? 0,
    steps: [],
  }
}

function stepsAfterFailure(health: Health, isGivenUp: boolean): readonly Health[] {
  switch (health) {
    case 'healthy':
      return isGivenUp ? ['retry', 'degraded'] : ['retry']
    case 'retry':
      return isGivenUp ? ['degraded'] : []
    case 'recovering':
      return ['degraded']
    case 'degraded':
      return []
  }
}
