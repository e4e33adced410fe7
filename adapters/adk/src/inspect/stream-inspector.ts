import { inspectStreams } from '@harborage/core/adapter'
import type { Entry, StreamInspector } from '@harborage/journal'
import { EVENTS, readEvent } from '../session/event-payload.ts'

/**
 * The inspector of the streams of a `HarborageSessionService`: the events of each session.
 *
 * @example
 * ```ts
 * import { streamInspector } from '@harborage/adk/inspect'
 *
 * console.log(streamInspector.describe('adk.events/x')?.label) // 'event'
 * ```
 */
export const streamInspector: StreamInspector = inspectStreams<Entry>('@harborage/adk', [
  {
    label: 'event',
    names: (stream) => (stream.startsWith(EVENTS) ? {} : undefined),
    decode: async (entry) => readEvent(entry),
  },
])
