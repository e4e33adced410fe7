import { HarborageError, newEventId, userOwner, type Owner, type UserOwner } from '@harborage/core'
import { digestOf, sessionOf } from '@harborage/core/adapter'
import { jsonSlot, type NewStateRecord, type StateRecord } from '@harborage/state'

/** The format of what this release writes. */
export const OUTCOME_FORMAT = 1

/** What the kinds of claims begin with. The digest of the run state follows. */
export const CLAIM_PREFIX = 'openai.claim/'
/** What the kinds of outcomes begin with. The digest of the run state follows. */
export const OUTCOME_PREFIX = 'openai.outcome/'

/** The slots of one run state. */
export interface ClaimSlots {
  readonly owner: Owner
  /** A digest of the run state. */
  readonly digest: string
  /** The kind of the lease. */
  readonly claim: string
  /** The kind of the slot that says that the run was gone on with. */
  readonly outcome: string
}

/** Returns the slots of a run state, of a session or else of the user. */
export function claimSlots(
  user: UserOwner,
  sessionId: string | undefined,
  runState: string,
): ClaimSlots {
  const digest = digestOf(runState)
  return {
    owner: sessionId === undefined ? userOwner(user) : sessionOf(user, sessionId),
    digest,
    claim: `${CLAIM_PREFIX}${digest}`,
    outcome: `${OUTCOME_PREFIX}${digest}`,
  }
}

/** Resolves to the record that says that a run was gone on with. */
export async function outcomeRecord(
  { owner, outcome: kind }: ClaimSlots,
  outcome: string | undefined,
): Promise<NewStateRecord> {
  const value = { format: OUTCOME_FORMAT, ...(outcome === undefined ? {} : { outcome }) }
  return { ...(await jsonSlot(kind).record(owner, value)), eventId: newEventId() }
}

/**
 * Resolves to what {@link outcomeRecord} wrote.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export async function readOutcome(record: StateRecord): Promise<{ outcome: string | undefined }> {
  const value: unknown = await jsonSlot(record.kind).decode(record)
  const content = typeof value === 'object' && value !== null ? value : {}
  const format: unknown = Reflect.get(content, 'format')
  const outcome: unknown = Reflect.get(content, 'outcome')
  if (typeof format === 'number' && format > OUTCOME_FORMAT) {
    throw new HarborageError(
      'schema_too_new',
      `the outcome of a run has format ${format}, and this release reads up to ${OUTCOME_FORMAT}: update @harborage/openai-agents`,
    )
  }
  if (format === OUTCOME_FORMAT && (outcome === undefined || typeof outcome === 'string')) {
    return { outcome }
  }
  throw new HarborageError(
    'invalid_record',
    'the stored outcome of a run is not as this package writes it: restore it from a backup',
  )
}
