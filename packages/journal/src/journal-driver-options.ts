/** The options of a journal store that its drivers take. */
export interface JournalDriverOptions {
  /**
   * How often followers ask for what other processes appended, in milliseconds: 1 to 60,000. The
   * stores of one database share the poll of the first one. Default: 200.
   */
  readonly pollMs?: number
}
