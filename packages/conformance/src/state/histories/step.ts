/**
 * One call of a history, in small numbers: which of few tenants, sessions, kinds, event ids and contents. So the calls
 * of a history keep meeting in the same slots, and a history that fails can be read.
 */
export type Step =
  | { readonly do: 'save'; readonly record: RecordChoice; readonly condition: ConditionChoice }
  | { readonly do: 'load' | 'loadOrThrow'; readonly slot: SlotChoice }
  | {
      readonly do: 'loadByEventId' | 'loadByEventIdOrThrow'
      readonly session: SessionChoice
      readonly event: number
    }
  | { readonly do: 'delete'; readonly slot: SlotChoice; readonly condition: ConditionChoice }
  | { readonly do: 'deleteScope'; readonly session: SessionChoice }
  | {
      readonly do: 'commit'
      readonly expect: readonly ExpectationChoice[]
      readonly save: readonly RecordChoice[]
      readonly delete: readonly SlotChoice[]
    }
  | {
      readonly do: 'list'
      readonly slot: SlotChoice
      readonly prefixLength: number
      readonly pageSize: number
    }
  | {
      readonly do: 'listKind'
      readonly kind: number
      readonly prefixLength: number
      readonly pageSize: number
    }
  /** Repeats an earlier writing call as it was sent, as a caller does who has lost the answer. */
  | { readonly do: 'retry'; readonly callsAgo: number }

export interface SessionChoice {
  readonly tenant: number
  readonly user: number
  readonly session: number
}

export interface SlotChoice extends SessionChoice {
  readonly run: number
  readonly kind: number
}

export interface RecordChoice {
  readonly slot: SlotChoice
  readonly event: number
  readonly content: number
  readonly version: number
}

/** No condition, an empty slot, what the slot holds right now, or some event id. */
export type ConditionChoice = 'none' | 'empty' | 'held' | number

export interface ExpectationChoice {
  readonly slot: SlotChoice
  readonly holds: Exclude<ConditionChoice, 'none'>
}
