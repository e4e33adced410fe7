import BetterSqlite3 from 'better-sqlite3'

/** Returns what SQLite itself says about the file: `ok`, or what is wrong with it. */
export function integrityOf(path: string): unknown {
  const connection = new BetterSqlite3(path)
  try {
    return connection.pragma('integrity_check', { simple: true })
  } finally {
    connection.close()
  }
}
