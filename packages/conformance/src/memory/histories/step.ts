import type { SubtreeLevel } from '@harborage/core'

/** One call of a history. Small numbers select among few conversations, texts and earlier calls. */
export type Step =
  | { readonly do: 'add'; readonly session: number; readonly length: number }
  /** Repeats one of the newest turns unchanged, like a caller that lost the answer. */
  | { readonly do: 'retry'; readonly session: number; readonly turnsAgo: number }
  | { readonly do: 'read'; readonly session: number }
  | { readonly do: 'compact'; readonly session: number }
  | { readonly do: 'reset'; readonly session: number }
  | { readonly do: 'delete'; readonly session: number }
  /** Deletes all of a subtree that the conversation is in. */
  | { readonly do: 'deleteAll'; readonly session: number; readonly level: SubtreeLevel }
  /** Forgets one of the newest turns that were said. */
  | { readonly do: 'forget'; readonly session: number; readonly turnsAgo: number }
  | { readonly do: 'snapshot'; readonly session: number }
  /** Restores one of the newest snapshots of either conversation. */
  | { readonly do: 'restore'; readonly session: number; readonly snapshotsAgo: number }
  | { readonly do: 'reopen' }
