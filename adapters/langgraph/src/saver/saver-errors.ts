declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /**
     * The thread was deleted after the run that wants to save had begun. Nothing was saved, and the
     * thread stays deleted.
     */
    readonly thread_deleted: true
    /**
     * The thread is being imported, or its import was stopped. Nothing was saved: what is there is
     * only a part of the thread.
     */
    readonly thread_importing: true
    /**
     * The checkpoint that a run or an update is to go on from is not in the thread: it was pruned,
     * or never saved. Nothing was saved.
     */
    readonly checkpoint_missing: true
  }
}

export {}
