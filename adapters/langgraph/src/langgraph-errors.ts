declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /**
     * The thread was deleted after the run that wants to save had begun. Nothing was saved, and the
     * thread stays deleted.
     */
    readonly thread_deleted: true
  }
}

export {}
