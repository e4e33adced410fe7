import type pg from 'pg'

/** Bounds how long pg waits for the answer; its types do not know the option yet. */
export function timedQuery(
  query: pg.QueryConfig,
  timeoutMs: number,
): pg.QueryConfig & { readonly query_timeout: number } {
  return { ...query, query_timeout: timeoutMs }
}
