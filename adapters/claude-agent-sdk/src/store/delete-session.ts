import { isHarborageError } from '@harborage/core'
import type { SessionStores } from './append-entries.ts'
import { subAgentStreams } from './sub-agents.ts'
import { summaryKind } from './transcript-names.ts'
import type { Transcript } from './transcript.ts'

/** How often a session is deleted again, because others appended to it meanwhile. */
const MAX_ATTEMPTS = 100

/**
 * Deletes a session: the transcripts of its sub-agents, its own, and its summary at the end, so
 * that a session whose deletion failed is still listed, and can be deleted again. What others
 * append meanwhile is deleted as well.
 */
export async function deleteSession(stores: SessionStores, transcript: Transcript): Promise<void> {
  const { journal, state } = stores
  const { projectKey, session, stream } = transcript
  const kind = summaryKind(projectKey)
  for (let attempt = 1; ; attempt += 1) {
    const summary = await state.load(session, kind)
    for (const each of await subAgentStreams(journal, transcript)) {
      await journal.delete(session, each)
    }
    await journal.delete(session, stream)
    try {
      if (summary !== undefined) await state.delete(session, kind, { ifEventId: summary.eventId })
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isHarborageError(error, 'condition_failed')) throw error
      continue
    }
    if (attempt === MAX_ATTEMPTS || !(await isLeft(stores, transcript, kind))) return
  }
}

/** Resolves to whether others have appended to the session since it was deleted. */
async function isLeft(
  { journal, state }: SessionStores,
  transcript: Transcript,
  kind: string,
): Promise<boolean> {
  if ((await state.load(transcript.session, kind)) !== undefined) return true
  for (const _ of await subAgentStreams(journal, transcript)) return true
  return false
}
