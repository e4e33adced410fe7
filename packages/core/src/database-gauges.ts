/**
 * What a database is busy with at one moment, as seen by this process. All are numbers, so that any
 * of them is a metric.
 */
export interface DatabaseGauges {
  /** The connections on which a call or a transaction runs. */
  readonly connectionsInUse: number
  /** The open connections that wait for work. */
  readonly connectionsIdle: number
  /** The calls that wait for a connection, or for a migration to end. */
  readonly callsWaiting: number
  /** The writes that wait or are under way. */
  readonly writesQueued: number
  /** The bytes of the content of these writes. */
  readonly writeBytesQueued: number
  /**
   * The pages of the write-ahead log that no checkpoint has copied yet. Only of an engine that
   * keeps the log itself, as SQLite does.
   */
  readonly logPages?: number
  /** The size of these pages in bytes. */
  readonly logBytes?: number
}
