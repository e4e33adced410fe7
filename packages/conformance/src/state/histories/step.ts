import type { SubtreeLevel } from '@harborage/core'

/**
 * One call of a history. Small numbers select among few tenants, sessions, kinds, event ids and
 * contents. So the calls of a history meet in the same slots, and a failing history is readable.
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
  | {
      readonly do: 'touch'
      readonly slot: SlotChoice
      readonly holds: ExpectationChoice['holds']
      readonly expiry: ExpiryChoice
    }
  | {
      readonly do: 'prune'
      readonly level: SubtreeLevel
      readonly slot: SlotChoice
      readonly keepLatest: number | undefined
    }
  | { readonly do: 'deleteAll'; readonly level: SubtreeLevel; readonly slot: SlotChoice }
  | {
      readonly do: 'commit'
      readonly expect: readonly ExpectationChoice[]
      readonly save: readonly RecordChoice[]
      readonly saveIfEmpty: readonly RecordChoice[]
      readonly delete: readonly SlotChoice[]
      readonly deletePrefix: readonly PrefixChoice[]
    }
  | { readonly do: 'saveIfEmpty'; readonly record: RecordChoice }
  | { readonly do: 'loadMany'; readonly slots: readonly SlotChoice[] }
  | {
      readonly do: 'list' | 'listKeys'
      readonly slot: SlotChoice
      readonly prefixLength: number
      readonly pageSize: number
      readonly order: 'ascending' | 'descending'
      readonly limit: number
      readonly bounds: BoundsChoice
    }
  | {
      readonly do: 'count'
      readonly slot: SlotChoice
      readonly prefixLength: number
      readonly bounds: BoundsChoice
    }
  | {
      readonly do: 'listKind'
      readonly kind: number
      readonly prefixLength: number
      readonly pageSize: number
    }
  | {
      readonly do: 'directory'
      readonly level: SubtreeLevel
      readonly slot: SlotChoice
      readonly pageSize: number
    }
  /** Repeats an earlier writing call unchanged, like a caller that lost the answer. */
  | { readonly do: 'retry'; readonly callsAgo: number }

/** The numbers of the kinds that are the bounds of a list; `undefined` for none. */
export interface BoundsChoice {
  readonly from: number | undefined
  readonly to: number | undefined
}

export interface SessionChoice {
  readonly tenant: number
  readonly user: number
  /** One of two sessions, or the number of the user itself or the tenant itself. */
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
  readonly expiry: ExpiryChoice
}

/** Whether a record does not expire, has expired, or will some day. */
export type ExpiryChoice = 'never' | 'past' | 'future'

/** The kinds that begin as the kind of a slot does, in the run of the slot. */
export interface PrefixChoice {
  readonly slot: SlotChoice
  readonly prefixLength: number
}

/** No condition, an empty slot, what the slot holds right now, or the number of an event id. */
export type ConditionChoice = 'none' | 'empty' | 'held' | number

export interface ExpectationChoice {
  readonly slot: SlotChoice
  readonly holds: Exclude<ConditionChoice, 'none'>
}
