/** Blobs, as the cases about the artifact store need them. A method that works at once returns no promise. */
export interface BlobStore {
  readonly name: string
  readonly note?: string
  /** Gives the name to get it by. */
  put(bytes: Uint8Array): string | Promise<string>
  get(name: string): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** Removes all. */
  clear(): Promise<void>
  close(): Promise<void>
}
