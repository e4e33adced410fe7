declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /**
     * A search of a LangGraph store has a `query`, and the store has no index to rank items by.
     * Nothing was read.
     */
    readonly search_index_required: true
    /** An item was given a `ttl`, which BaseStore does not have. Nothing was written. */
    readonly ttl_not_supported: true
  }
}

export {}
