declare module '@harborage/core' {
  interface HarborageErrorCodes {
    // The state store describes it.
    readonly result_too_large: true
    /**
     * A follower is behind what was trimmed: entries that it has not seen are gone. Read what is
     * left, and follow from there.
     */
    readonly entries_trimmed: true
    /**
     * The stream that a follower follows was deleted or has expired. A stream of the same name that
     * begins later is another generation.
     */
    readonly stream_deleted: true
  }

  interface TracedStores {
    readonly journal: true
  }
}

export {}
