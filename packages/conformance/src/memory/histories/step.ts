/** One call of a history, in small numbers: which of few conversations, texts and earlier calls. */
export type Step =
  | { readonly do: 'add'; readonly session: number; readonly length: number }
  /** Repeats one of the turns that were added last, as a caller does who has lost the answer. */
  | { readonly do: 'retry'; readonly session: number; readonly turnsAgo: number }
  | { readonly do: 'read'; readonly session: number }
  | { readonly do: 'flush'; readonly session: number }
  | { readonly do: 'reset'; readonly session: number }
  | { readonly do: 'snapshot'; readonly session: number }
  /** Restores one of the snapshots that were taken last, of whichever conversation. */
  | { readonly do: 'restore'; readonly session: number; readonly snapshotsAgo: number }
  | { readonly do: 'reopen' }
