import { allOfUser, type UserOwner } from '@harborage/core'
import { MAX_LOAD_SLOTS, type Slot, type StateStore } from '@harborage/state'
import { decodeSummary, type SessionSummary } from './session-summary.ts'
import { summaryKind } from './transcript-names.ts'

/**
 * Resolves to the summaries of all sessions of a user that belong to a project. Asks for the
 * summary of each session of the user, 1,000 at a time.
 */
export async function listSummaries(
  state: StateStore,
  { tenantId, userId }: UserOwner,
  projectKey: string,
): Promise<readonly SessionSummary[]> {
  const kind = summaryKind(projectKey)
  const summaries: SessionSummary[] = []
  let slots: Slot[] = []
  const load = async (): Promise<void> => {
    for (const record of slots.length === 0 ? [] : await state.loadMany(slots)) {
      if (record !== undefined) summaries.push(decodeSummary(record.bytes))
    }
    slots = []
  }
  const user = allOfUser({ tenantId, userId })
  for await (const identity of state.sessions(user, { pageSize: MAX_LOAD_SLOTS })) {
    slots.push({ identity, kind })
    if (slots.length === MAX_LOAD_SLOTS) await load()
  }
  await load()
  return summaries
}
