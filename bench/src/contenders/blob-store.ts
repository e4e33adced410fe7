/** A store of blobs for the cases about artifacts. Synchronous methods return no promise. */
export interface BlobStore {
  readonly name: string
  readonly note?: string
  /** Returns the name of the blob. */
  put(bytes: Uint8Array): string | Promise<string>
  get(name: string): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** Removes all. */
  clear(): Promise<void>
  close(): Promise<void>
}
