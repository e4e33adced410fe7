/** Where a case takes its databases from. All are gone when it is over. */
export interface Scene {
  /** The path of a database file that is not there yet. */
  newFile(): Promise<string>
  /** The DSN of an empty Postgres database. */
  newDatabase(): Promise<string>
  /** Runs when the case is over, also when it failed; the last one first. */
  onEnd(work: () => Promise<void> | void): void
  /** Only what is needed to see that everything works. */
  readonly quick: boolean
  readonly signal: AbortSignal
}
