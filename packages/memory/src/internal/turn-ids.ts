import { randomInt } from 'node:crypto'
import type { EventId } from '@harborage/core'
import {
  REMOVED_POSITION,
  type ForgottenTurnIds,
  type HeldMemory,
  type MemoryHeader,
  type RememberedTurnId,
} from '../memory-driver.ts'

/** The limits of remembering turn ids. An id is remembered until it is past both. */
export interface TurnIdRules {
  /** The number of newest turns. */
  readonly rememberedTurnIds: number
  readonly rememberedTurnIdsMs: number
}

const MAX_LINEAGE = 2 ** 48 - 1

/**
 * Returns a random number that identifies a conversation from its beginning or from a restore on.
 */
export function newLineage(): number {
  return randomInt(1, MAX_LINEAGE)
}

/**
 * Returns the lineage of a header that is written now. An earlier release leaves 0. Ids that were
 * remembered before its write may be of turns that it replaced.
 */
export function lineageFrom({ lineage }: MemoryHeader): number {
  return lineage === 0 ? newLineage() : lineage
}

/** Returns whether a turn was added and its id is still remembered. */
export function hasTurn(
  { header, remembered }: HeldMemory,
  turnId: EventId,
  rules: TurnIdRules,
): boolean {
  if (header === undefined) return false
  if (header.turnIds.includes(turnId)) return true
  if (remembered === undefined || remembered.lineage !== header.lineage) return false
  const { through, before } = forgottenTurnIds(header, rules)
  return remembered.position > through || remembered.at >= before
}

/** Returns the ids that are past both limits. */
export function forgottenTurnIds(
  { lineage, nextPosition }: MemoryHeader,
  { rememberedTurnIds, rememberedTurnIdsMs }: TurnIdRules,
): ForgottenTurnIds {
  return {
    lineage,
    through: nextPosition - 1 - rememberedTurnIds,
    before: Date.now() - rememberedTurnIdsMs,
  }
}

/** Returns the entry that remembers the id of a turn from now on. */
export function remembered(
  turnId: EventId,
  position: number,
  { lineage }: MemoryHeader,
): RememberedTurnId {
  return { turnId, position, at: Date.now(), lineage }
}

/** Returns the entry that remembers the id of a turn that was removed by it. */
export function rememberedAsRemoved(turnId: EventId, header: MemoryHeader): RememberedTurnId {
  return remembered(turnId, REMOVED_POSITION, header)
}

/** Returns whether the turn of the looked-up id was removed by its id. */
export function wasRemoved({ header, remembered: found }: HeldMemory): boolean {
  return found?.position === REMOVED_POSITION && found.lineage === header?.lineage
}
