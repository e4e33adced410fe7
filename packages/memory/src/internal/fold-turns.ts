import type { HealthStep } from '../memory-events.ts'
import type { Health } from '../health.ts'
import type { HeldMemory, KeptTurn, MemoryChange, MemoryHeader } from '../memory-driver.ts'
import { withoutTurns } from './header.ts'
import { walkHealth } from './walk-health.ts'

/** The most turns that go into one summary at a time. */
export const FOLD_BATCH_TURNS = 16

/** What a claim found: nothing to do, somebody else at work, or work to do. */
export type Claim =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy'; readonly folder: string }
  | {
      readonly kind: 'claimed'
      readonly folder: string
      readonly previousSummary: string
      readonly turns: readonly KeptTurn[]
      readonly steps: readonly HealthStep[]
    }

/** A claim that was granted. */
export type Claimed = Claim & { readonly kind: 'claimed' }

/** What became of the end of a folding: `stale` if the conversation has gone on without it. */
export interface FoldEnd {
  readonly stale: boolean
  readonly health: Health
  readonly failures: number
  readonly steps: readonly HealthStep[]
}

/**
 * Decides who folds: one at a time per conversation, whatever the number of processes.
 *
 * @param folder Names this claim, and no other.
 * @param mayReplace Tells whether nobody is behind a claim any more.
 */
export function claimFold(
  held: HeldMemory,
  folder: string,
  recentTurns: number,
  mayReplace: (folder: string) => boolean,
): MemoryChange<Claim> {
  const { header } = held
  const pending = (header?.turns ?? 0) - recentTurns
  if (header === undefined || pending <= 0) return { result: { kind: 'idle' } }
  if (header.folder !== undefined && !mayReplace(header.folder)) {
    return { result: { kind: 'busy', folder: header.folder } }
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
      turns: held.oldest.slice(0, pending),
      steps,
    },
    header: { ...header, health, folder },
  }
}

/** Puts the new summary in the place of the turns that went into it. */
export function commitFold(
  { header }: HeldMemory,
  claim: Claimed,
  summary: string,
): MemoryChange<FoldEnd> {
  const last = claim.turns.at(-1)
  if (header === undefined || last === undefined || !isStillClaimed(header, claim)) {
    return { result: stale(header) }
  }
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
      folder: undefined,
    },
    summary,
    removeThrough: last.position,
  }
}

/** Notes that a summarisation failed, and gives the claim back. */
export function failFold(
  { header }: HeldMemory,
  claim: Claimed,
  retryAttempts: number,
  reason: string,
): MemoryChange<FoldEnd> {
  if (header === undefined || !isStillClaimed(header, claim)) {
    return { result: stale(header) }
  }
  const failures = header.failures + 1
  const { health, steps } = walkHealth(
    header.health,
    stepsAfterFailure(header.health, failures > retryAttempts),
    reason,
  )
  return {
    result: { stale: false, health, failures, steps },
    header: { ...header, health, failures, folder: undefined },
  }
}

/** Gives a claim back without a judgement: the store is closing. */
export function releaseFold({ header }: HeldMemory, claim: Claimed): MemoryChange<undefined> {
  if (header === undefined || !isStillClaimed(header, claim)) return { result: undefined }
  return { result: undefined, header: { ...header, folder: undefined } }
}

/** Whoever takes over a claim, restores or drops turns makes it void. */
function isStillClaimed(header: MemoryHeader, claim: Claimed): boolean {
  return header.folder === claim.folder
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
