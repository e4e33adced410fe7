import type { HealthStep } from '../memory-events.ts'
import type { Health } from '../health.ts'
import type { HeldMemory, KeptTurn, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import type { SummaryFailure } from '../summarizer.ts'
import { withoutTurns } from './header.ts'
import { sumOfTokens } from './window.ts'
import { walkHealth } from './walk-health.ts'

/** The most turns that go into one summary at a time. */
export const FOLD_BATCH_TURNS = 16

/** What a claim found: nothing to do, somebody else at work, a failure that is too recent, or work to do. */
export type Claim =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy'; readonly folder: string }
  | { readonly kind: 'early'; readonly failure: Failure }
  | {
      readonly kind: 'claimed'
      readonly folder: string
      readonly previousSummary: string
      readonly turns: readonly KeptTurn[]
      /** The position of the last of the turns. */
      readonly through: number
      readonly steps: readonly HealthStep[]
    }

/** A claim that was granted. */
export type Claimed = Claim & { readonly kind: 'claimed' }

/** A summarisation that failed and is to be retried. */
export interface Failure {
  /** Names the folding that failed; `undefined` where that was not noted yet. */
  readonly folder: string | undefined
  /** How many have failed in a row. */
  readonly count: number
}

/** What became of the end of a folding: `stale` if the conversation has gone on without it. */
export interface FoldEnd {
  readonly stale: boolean
  readonly health: Health
  readonly failures: number
  readonly steps: readonly HealthStep[]
}

/** What decides whether a claim is granted. */
export interface ClaimRules {
  readonly recentTurns: number
  /** Tells whether nobody is behind a claim any more. */
  readonly mayReplace: (folder: string) => boolean
  /** Tells whether the pause after a failure is over. */
  readonly mayRetry: (failure: Failure) => boolean
}

/**
 * Decides who folds: one at a time per conversation, whatever the number of processes.
 *
 * @param folder Names this claim, and no other.
 */
export function claimFold(
  held: HeldMemory,
  folder: string,
  rules: ClaimRules,
): MemoryChange<Claim> {
  const { header } = held
  if (header?.strategy !== 'rolling_summary') return { result: { kind: 'idle' } }
  if (header.folder !== undefined && !rules.mayReplace(header.folder)) {
    return { result: { kind: 'busy', folder: header.folder } }
  }
  const failure = { folder: header.ended, count: header.failures }
  if (header.folder === undefined && header.health === 'retry' && !rules.mayRetry(failure)) {
    return { result: { kind: 'early', failure } }
  }
  const counted = withTurnsThatAreThere(header, held.oldest)
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
      folder,
      previousSummary: held.summary,
      turns,
      through: last.position,
      steps,
    },
    header: {
      ...counted,
      health,
      folder,
      // A claim whose end was lost is claimed again under its name, and has not ended yet.
      ended: header.ended === folder ? undefined : header.ended,
    },
  }
}

/** Puts the new summary in the place of the turns that went into it. */
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

/** Notes that a summarisation failed, and gives the claim back. */
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

/** Gives a claim back without a judgement, because the store is closing: nobody is recovering any more. */
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

/** Tells of a folding that it has ended, whichever way. */
export function hasEnded({ header }: HeldMemory, claim: Claimed): boolean {
  return header?.ended === claim.folder
}

/** Rows may get lost in ways that no store is to blame for. If fewer are there than were asked for, those are all. */
function withTurnsThatAreThere(header: MemoryHeader, oldest: readonly KeptTurn[]): MemoryHeader {
  if (oldest.length >= Math.min(header.turns, FOLD_BATCH_TURNS)) return header
  return { ...header, turns: oldest.length, tokens: sumOfTokens(oldest) }
}

function endOf({ folder }: Claimed): Pick<MemoryHeader, 'folder' | 'ended'> {
  return { folder: undefined, ended: folder }
}

/** Another claim, a restore, a conversion and the dropping of turns make it void. */
function isStillClaimed(header: MemoryHeader | undefined, claim: Claimed): header is MemoryHeader {
  return header?.folder === claim.folder && header.strategy === 'rolling_summary'
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
