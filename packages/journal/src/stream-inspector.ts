import type { InspectedContent, StoredDescription } from '@harborage/core'
import type { Entry } from './journal-record.ts'

/**
 * Tells a tool what the streams hold that an adapter wrote. An adapter exports one as
 * `streamInspector` from its entry `./inspect`, such as `@harborage/openai-agents/inspect`. A tool
 * asks those of all adapters that it knows: a stream is of the first that describes it.
 */
export interface StreamInspector {
  /**
   * Returns what the entries of a stream are, or `undefined` if the adapter has no such stream.
   *
   * @param stream Any name.
   */
  describe(stream: string): StoredDescription | undefined
  /**
   * Resolves to what an entry says, or to `undefined` if the adapter has no such stream. It never
   * rejects: bytes that cannot be read are an answer.
   *
   * @param stream The name of the stream that holds the entry.
   * @param entry An entry as the journal returned it.
   */
  decode(stream: string, entry: Entry): Promise<InspectedContent | undefined>
}
