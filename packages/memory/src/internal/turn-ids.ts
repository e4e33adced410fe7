import { randomInt } from 'node:crypto'
import type { EventId } from '@harborage/core'
import type {
  ForgottenTurnIds,
  HeldMemory,
  MemoryHeader,
  RememberedTurnId,
} from '../memory-driver.ts'

/** For how long the id of a turn is remembered: as long as either holds. */
export interface TurnIdRules {
  /** How many of the newest turns. */
  readonly rememberedTurnIds: number
  readonly rememberedTurnIdsMs: number
}

const MAX_LINEAGE = 2 ** 48 - 1

/** Makes a number that names a conversation from its beginning, or from a restore, on. */
export function newLineage(): number {
  return randomInt(1, MAX_LINEAGE)
}

/** Tells whether a turn was added and its id is remembered. */
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

/** The ids that are past both the newest turns and the time. */
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

/** The id of a turn as it is remembered from now on. */
export function remembered(
  turnId: EventId,
  position: number,
  { lineage }: MemoryHeader,
): RememberedTurnId {
  return { turnId, position, at: Date.now(), lineage }
}
