declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /** The memory strategy is unknown. */
    readonly strategy_not_implemented: true
    /**
     * The conversation is kept under another memory strategy than that of the store. Nothing was
     * read or changed. The message names both strategies and what to do.
     */
    readonly strategy_mismatch: true
    /** The memory snapshot is malformed or of another strategy. Nothing was changed. */
    readonly invalid_snapshot: true
    /** The memory health state machine has no such transition. */
    readonly invalid_health_transition: true
  }

  interface TracedStores {
    readonly memory: true
  }
}

export {}
