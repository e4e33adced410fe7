declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /** A ref of one scope was passed to a view of another scope. */
    readonly scope_mismatch: true
    /** The artifact is larger than the configured `maxBytes`. */
    readonly artifact_too_large: true
    /** The stored bytes do not match the digest that they had when they were stored. */
    readonly artifact_corrupt: true
  }

  interface TracedStores {
    readonly artifacts: true
  }
}

export {}
