declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /**
     * What the call would return or remove is more than one call may. Nothing was changed. The
     * message says how to ask for less.
     */
    readonly result_too_large: true
    /**
     * The database keeps no order for `listKind`, as its first opening decided with
     * `kindIndex: false`.
     */
    readonly kind_index_off: true
    /**
     * The lease was taken by another one, released or deleted. What it protects is not held any
     * more.
     */
    readonly lease_lost: true
  }
}

export {}
