declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /**
     * What the call would return or remove is more than one call may. Nothing was changed. The
     * message says how to ask for less.
     */
    readonly result_too_large: true
  }
}

export {}
