import type { Place, Write } from './slot-store.ts'
import type { Said } from './turn-log.ts'

/** What a step of an agent leaves behind: two slots, an artifact and a turn. */
export interface AgentStep {
  readonly slots: readonly [Write, Write]
  readonly output: Uint8Array
  readonly turn: Said
}

/** What is kept of the steps of a session. */
export interface KeptSteps {
  readonly artifacts: number
  readonly turns: number
  /** The event id that the slot holds. */
  readonly lastEventId: string | undefined
}

/** A store of steps. */
export interface StepStore {
  readonly name: string
  readonly note?: string
  /** Writes all parts of a step in one commit. A synchronous store returns no promise. */
  write(step: AgentStep): unknown
  /** Resolves to what is kept of the session of a slot. */
  kept(place: Place): Promise<KeptSteps>
  close(): Promise<void>
}
