import type { SerializerProtocol } from '@langchain/langgraph-checkpoint'
import type { UserOwner } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import type { User } from '@harborage/core/adapter'
import type { LastStoredValues } from './stored-values.ts'
import type { Threads } from './threads.ts'

/** What a saver remembers, and the savers that it makes for other owners. */
export interface SaverMemory {
  readonly threads: Threads
  readonly stored: LastStoredValues
}

/** What one call of a saver works with. */
export interface SaverCall extends SaverMemory {
  readonly state: StateStore
  readonly serde: SerializerProtocol
  /** Whether a thread may be continued by one writer only. */
  readonly isFenced: boolean
}

/** What an import writes with: a call of the saver that it writes to. */
export interface ImportTarget {
  readonly call: SaverCall
  /** Returns the owner of the saver, or the one that is passed, checked. */
  readonly ownerOf: (user?: User) => UserOwner
}
