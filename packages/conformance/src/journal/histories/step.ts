import type { SubtreeLevel } from '@harborage/core'

/** The choice of a stream: indexes into the vocabulary. */
export interface StreamChoice {
  readonly session: number
  readonly run: number
  readonly stream: number
}

/** The choice of an entry. */
export interface EntryChoice {
  readonly id: number
  readonly content: number
}

/** The choice of a position: that of the head of the model, or near it. */
export type PositionChoice = 'any' | { readonly back: number }

/** The choice of an expiry: to leave it as it is, a date that no clock reaches or has passed. */
export type ExpiryChoice = 'same' | 'never' | 'future' | 'past'

/** A step of a history. */
export type Step =
  | {
      readonly do: 'append'
      readonly at: StreamChoice
      readonly entries: readonly EntryChoice[]
      readonly condition: PositionChoice
      readonly expiry: ExpiryChoice
    }
  | { readonly do: 'touch'; readonly at: StreamChoice; readonly expiry: ExpiryChoice }
  | {
      readonly do: 'replaceAfter'
      readonly at: StreamChoice
      readonly entries: readonly EntryChoice[]
      readonly operation: number
      readonly back: number
      readonly condition: number
    }
  | {
      readonly do: 'read'
      readonly at: StreamChoice
      readonly order: 'ascending' | 'descending'
      readonly limit: number
      readonly pageSize: number
      readonly from: number
    }
  | { readonly do: 'get'; readonly at: StreamChoice; readonly ids: readonly number[] }
  | { readonly do: 'head'; readonly at: StreamChoice }
  | { readonly do: 'follow'; readonly at: StreamChoice; readonly after: number }
  | { readonly do: 'trim'; readonly at: StreamChoice; readonly back: number }
  | { readonly do: 'delete'; readonly at: StreamChoice }
  | { readonly do: 'deleteAll'; readonly at: StreamChoice; readonly level: SubtreeLevel }
  | {
      readonly do: 'streams'
      readonly at: StreamChoice
      readonly level: SubtreeLevel | 'owner'
      readonly prefixLength: number
      readonly pageSize: number
    }
  | { readonly do: 'retry'; readonly callsAgo: number }
