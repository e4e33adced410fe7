import type { Entry } from '@harborage/journal'
import type { ReadableContent, UnreadableContent } from '@harborage/state'
import { ITEMS, OPERATIONS } from '../session/history.ts'
import { decodeItem } from '../session/item-payload.ts'
import { contentOf } from './unreadable.ts'

/** What an entry says, or why it cannot be read. */
export type StreamContent = ReadableContent | UnreadableContent

/** Tells a tool what the streams hold that an adapter wrote. */
export interface StreamInspector {
  /**
   * Returns what the entries of a stream are, in a few words, or `undefined` if the adapter has no
   * such stream.
   */
  describe(stream: string): string | undefined
  /**
   * Resolves to what an entry says, or to `undefined` if the adapter has no such stream. It never
   * rejects: bytes that cannot be read are an answer.
   */
  decode(stream: string, entry: Entry): Promise<StreamContent | undefined>
}

/**
 * The inspector of the streams of a `HarborageSession`: its items, and the history transactions
 * that were applied, each as a digest.
 *
 * @example
 * ```ts
 * import { streamInspector } from '@harborage/openai-agents/inspect'
 *
 * console.log(streamInspector.describe('openai.items')) // 'item'
 * ```
 */
export const streamInspector: StreamInspector = {
  describe(stream) {
    if (stream === ITEMS) return 'item'
    return stream === OPERATIONS ? 'history transaction' : undefined
  },
  async decode(stream, entry) {
    if (stream === ITEMS) return contentOf(async () => decodeItem(entry).item)
    return stream === OPERATIONS ? { isReadable: true, value: entry.bytes } : undefined
  },
}
