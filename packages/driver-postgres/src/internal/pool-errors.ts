import type pg from 'pg'

/** How many databases use a pool. */
const users = new WeakMap<pg.Pool, number>()

/** Ignores the errors of idle connections of a pool, with one listener for all databases on it. */
export function ignoreErrorsOf(pool: pg.Pool): void {
  const known = users.get(pool) ?? 0
  users.set(pool, known + 1)
  if (known === 0) pool.on('error', ignoreError)
}

/** Ends what {@link ignoreErrorsOf} began, once for each time that it was called. */
export function heedErrorsOf(pool: pg.Pool): void {
  const left = (users.get(pool) ?? 0) - 1
  users.set(pool, left)
  if (left === 0) pool.off('error', ignoreError)
}

/** A killed backend makes its client, idle or not, emit an error, which ends the process if it has no listener. */
export function ignoreError(): void {}
