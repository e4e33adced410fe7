import type { StreamKey } from '../journal-driver.ts'

/** Returns a string that is unique to a stream, for use as the key of a map. */
export function streamId({ owner, stream }: StreamKey): string {
  const { tenantId, userId, sessionId, runId } = owner
  return JSON.stringify([tenantId, userId, sessionId, runId, stream])
}
