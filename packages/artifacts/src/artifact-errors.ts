declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /** A reference of one scope was handed to a view of another. */
    readonly scope_mismatch: true
    /** The artifact is larger than the configured `maxBytes`. */
    readonly artifact_too_large: true
    /** The stored bytes do not have the digest under which they were stored. */
    readonly artifact_corrupt: true
  }

  interface TracedStores {
    readonly artifacts: true
  }
}

export {}
