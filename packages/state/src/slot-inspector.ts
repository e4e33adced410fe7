import type { InspectedContent, StoredDescription } from '@harborage/core'
import type { StateRecord } from './state-record.ts'

/**
 * Tells a tool what the slots hold that an adapter wrote. An adapter exports one as `slotInspector`
 * from its entry `./inspect`, such as `@harborage/langgraph/inspect`. A tool asks those of all
 * adapters that it knows: a slot is of the first that describes it.
 */
export interface SlotInspector {
  /**
   * Returns what a slot of a kind holds, or `undefined` if the adapter has no such kind.
   *
   * @param kind Any kind.
   */
  describe(kind: string): StoredDescription | undefined
  /**
   * Resolves to what a slot says, or to `undefined` if the adapter has no such kind. It never
   * rejects: bytes that cannot be read are an answer.
   *
   * @param record A record as the state store returned it.
   */
  decode(record: StateRecord): Promise<InspectedContent | undefined>
}
