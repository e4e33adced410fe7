import type { RunIdentity } from '@harborage/core'
import type { Conversation, MemoryHeader, RememberedTurnId } from './memory-driver.ts'

/** A conversation as `MemoryStore.dump` returns it, with all that its later calls depend on. */
export interface DumpedConversation extends Conversation {
  readonly identity: Required<RunIdentity>
  readonly header: MemoryHeader
  /**
   * The turn ids that are remembered besides those of the header, in the order of
   * `compareTurnIds`.
   */
  readonly turnIds: readonly RememberedTurnId[]
}
