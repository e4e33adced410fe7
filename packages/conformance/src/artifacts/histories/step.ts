/**
 * One call of a history, in small numbers: which of few scopes, namespaces and contents. So the calls of a history keep
 * meeting, and a history that fails can be read.
 */
export type Step =
  | {
      readonly do: 'putBytes' | 'putText'
      readonly place: PlaceChoice
      readonly content: number
      readonly said: number
    }
  | {
      readonly do: 'get' | 'getText' | 'getRef' | 'exists' | 'delete'
      readonly place: PlaceChoice
      readonly content: number
      readonly digits: 'short' | 'full'
    }
  | { readonly do: 'deleteScope'; readonly place: PlaceChoice }
  | {
      readonly do: 'list'
      readonly place: PlaceChoice
      readonly of: 'task' | 'session' | 'user' | 'tenant'
      readonly inNamespace: boolean
      readonly pageSize: number
    }
  /** Repeats an earlier writing call as it was sent, as a caller does who has lost the answer. */
  | { readonly do: 'retry'; readonly callsAgo: number }

export interface PlaceChoice {
  readonly tenant: number
  readonly user: number
  readonly session: number
  readonly task: number
  readonly namespace: number
}
