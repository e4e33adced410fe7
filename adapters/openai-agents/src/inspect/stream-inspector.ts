import { inspectStreams } from '@harborage/core/adapter'
import type { Entry, StreamInspector } from '@harborage/journal'
import { ITEMS, OPERATIONS } from '../session/history.ts'
import { decodeItem } from '../session/item-payload.ts'

/**
 * The inspector of the streams of a `HarborageSession`: its items, and the history transactions
 * that were applied, each as a digest.
 *
 * @example
 * ```ts
 * import { streamInspector } from '@harborage/openai-agents/inspect'
 *
 * console.log(streamInspector.describe('openai.items')?.label) // 'item'
 * ```
 */
export const streamInspector: StreamInspector = inspectStreams<Entry>('@harborage/openai-agents', [
  {
    label: 'item',
    names: (stream) => (stream === ITEMS ? {} : undefined),
    decode: async (entry) => decodeItem(entry).item,
  },
  {
    label: 'history transaction',
    names: (stream) => (stream === OPERATIONS ? {} : undefined),
    decode: async ({ bytes }) => bytes,
  },
])
