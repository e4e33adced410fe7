import type { SerializerProtocol } from '@langchain/langgraph-checkpoint'
import type { StateStore } from '@harborage/state'
import type { Connection } from './connection.ts'
import type { LastStoredValues } from './stored-values.ts'
import type { Threads } from './threads.ts'

/** What the savers of all owners share that are on one state store. */
export interface Resources {
  readonly connection: Connection
  readonly threads: Threads
  readonly stored: LastStoredValues
}

/** What one call of a saver works with. */
export interface SaverCall extends Omit<Resources, 'connection'> {
  readonly state: StateStore
  readonly serde: SerializerProtocol
  /** Whether a thread may be continued by one writer only. */
  readonly isFenced: boolean
}
