/** The part of PGlite that is used here. Its own declarations need the types of browsers. */
export declare class PGlite {
  static create(): Promise<PGlite>
  /** Waits until nothing else uses the database. */
  runExclusive<Result>(use: () => Promise<Result>): Promise<Result>
  /** Takes messages of the protocol of Postgres and returns the answers. */
  execProtocolRaw(message: Uint8Array): Promise<Uint8Array>
  close(): Promise<void>
}
