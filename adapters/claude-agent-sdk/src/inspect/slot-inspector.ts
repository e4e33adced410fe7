import { inspectSlots } from '@harborage/core/adapter'
import type { SlotInspector, StateRecord } from '@harborage/state'
import { decodeSummary } from '../store/session-summary.ts'
import { parseSummaryKind } from '../store/transcript-names.ts'

/**
 * The inspector of the slots of a `HarborageSessionStore`: the summary of each session. A kind
 * names the key of the project.
 *
 * @example
 * ```ts
 * import { slotInspector } from '@harborage/claude-agent-sdk/inspect'
 *
 * const description = slotInspector.describe('claude.summary/-home-ann-app')
 * console.log(description?.label) // 'summary of a session'
 * ```
 */
export const slotInspector: SlotInspector = inspectSlots<StateRecord>(
  '@harborage/claude-agent-sdk',
  [
    {
      label: 'summary of a session',
      names(kind): Readonly<Record<string, string>> | undefined {
        const names = parseSummaryKind(kind)
        if (names?.projectKey === undefined) return names && {}
        return { projectKey: names.projectKey }
      },
      async decode({ bytes }) {
        const { data, ...summary } = decodeSummary(bytes)
        return data === undefined ? summary : { ...summary, data }
      },
    },
  ],
)
