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
export async function deleteSession(
  { journal, state }: SessionStores,
  transcript: Transcript,
): Promise<void> {
  const { projectKey, session, stream } = transcript
  const kind = summaryKind(projectKey)
  for (let attempt = 1; ; attempt += 1) {
    const summary = await state.load(session, kind)
    for (const each of await subAgentStreams(journal, transcript)) {
      await journal.delete(session, each)
    }
    await journal.delete(session, stream)
    if (summary === undefined) return
    try {
      await state.delete(session, kind, { ifEventId: summary.eventId })
      return
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isHarborageError(error, 'condition_failed')) throw error
    }
  }
}
