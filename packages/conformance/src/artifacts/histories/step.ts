import type { ListOrder, SubtreeLevel } from '@harborage/core'

/**
 * One call of a history. Small numbers select among few scopes, namespaces and contents. So the
 * calls of a history conflict, and a failing history is readable.
 */
export type Step =
  | {
      readonly do: 'putBytes' | 'putText'
      readonly place: PlaceChoice
      readonly content: number
      readonly metadata: number
    }
  | {
      readonly do: 'get' | 'getText' | 'getRef' | 'exists' | 'delete'
      readonly place: PlaceChoice
      readonly content: number
      readonly digits: 'short' | 'full'
    }
  /** Reads both ids of some contents. */
  | { readonly do: 'getRefs'; readonly place: PlaceChoice; readonly contents: readonly number[] }
  | { readonly do: 'deleteAll'; readonly level: SubtreeLevel; readonly place: PlaceChoice }
  /** Removes what has expired. */
  | {
      readonly do: 'prune'
      readonly level: SubtreeLevel
      readonly place: PlaceChoice
      readonly inNamespace: boolean
      readonly dryRun: boolean
    }
  | {
      readonly do: 'directory'
      readonly of: 'users' | 'sessions of a user' | 'sessions of a tenant'
      readonly place: PlaceChoice
      readonly pageSize: number
    }
  | {
      readonly do: 'list'
      readonly place: PlaceChoice
      readonly of: 'task' | 'session' | 'user' | 'tenant'
      readonly inNamespace: boolean
      readonly pageSize: number
      readonly order: ListOrder
      readonly limit: number | undefined
      readonly from: BoundChoice | undefined
      readonly to: BoundChoice | undefined
      readonly expired: boolean
    }
  /** Repeats an earlier writing call unchanged, like a caller that lost the answer. */
  | { readonly do: 'retry'; readonly callsAgo: number }

/** A bound of a list: an artifact of its place. */
export interface BoundChoice {
  readonly content: number
  readonly digits: 'short' | 'full'
}

export interface PlaceChoice {
  readonly tenant: number
  readonly user: number
  /** One of two sessions, or the number of the user itself or the tenant itself. */
  readonly session: number
  readonly task: number
  readonly namespace: number
}
