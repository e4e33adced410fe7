import type { JournalStore } from '@harborage/journal'
import { damaged, decodePayload } from './entry-payload.ts'
import { parseStream, subpathPrefix } from './transcript-names.ts'
import type { Transcript } from './transcript.ts'

/** Resolves to the streams of the sub-agents of a session. */
export async function subAgentStreams(
  journal: JournalStore,
  { projectKey, session }: Transcript,
): Promise<readonly string[]> {
  const prefix = subpathPrefix(projectKey)
  const streams: string[] = []
  for await (const { stream } of journal.streams(session, { prefix })) streams.push(stream)
  return streams
}

/** Resolves to the subpaths of the sub-agents of a session. */
export async function subpathsOf(journal: JournalStore, transcript: Transcript): Promise<string[]> {
  const subpaths: string[] = []
  for (const stream of await subAgentStreams(journal, transcript)) {
    const subpath =
      parseStream(stream)?.subpath ?? (await hiddenSubpath(journal, transcript, stream))
    if (subpath !== undefined) subpaths.push(subpath)
  }
  return subpaths
}

/** Resolves to the subpath in the first entry of a stream; `undefined` if it was deleted since. */
async function hiddenSubpath(
  journal: JournalStore,
  { session }: Transcript,
  stream: string,
): Promise<string | undefined> {
  for await (const { bytes } of journal.read(session, stream, { limit: 1 })) {
    const { subpath } = decodePayload(bytes).names
    if (subpath === undefined) throw damaged()
    return subpath
  }
  return undefined
}
