import { inspectStreams } from '@harborage/core/adapter'
import type { Entry, StreamInspector } from '@harborage/journal'
import { decodePayload } from '../store/entry-payload.ts'
import { parseStream, type StreamNames } from '../store/transcript-names.ts'

/**
 * The inspector of the streams of a `HarborageSessionStore`: the transcripts of sessions and of
 * sub-agents. A stream names the key of the project and the subpath. Of an entry that is in parts,
 * each part is shown.
 *
 * @example
 * ```ts
 * import { streamInspector } from '@harborage/claude-agent-sdk/inspect'
 *
 * console.log(streamInspector.describe('claude.transcript/-home-ann-app')?.label) // 'transcript'
 * ```
 */
export const streamInspector: StreamInspector = inspectStreams<Entry>(
  '@harborage/claude-agent-sdk',
  [
    {
      label: 'transcript',
      names: (stream) => namesOf(parseStream(stream), false),
      decode: async ({ bytes }) => shown(bytes),
    },
    {
      label: 'transcript of a sub-agent',
      names: (stream) => namesOf(parseStream(stream), true),
      decode: async ({ bytes }) => shown(bytes),
    },
  ],
)

function namesOf(
  names: StreamNames | undefined,
  isSubpath: boolean,
): Readonly<Record<string, string>> | undefined {
  if (names?.isSubpath !== isSubpath) return undefined
  const { projectKey, subpath } = names
  return {
    ...(projectKey === undefined ? {} : { projectKey }),
    ...(subpath === undefined ? {} : { subpath }),
  }
}

function shown(bytes: Uint8Array): unknown {
  const payload = decodePayload(bytes)
  if ('entry' in payload) return payload.entry
  const { of, index, count } = payload
  return { part: { of, index, count }, bytes: new Uint8Array(payload.bytes) }
}
