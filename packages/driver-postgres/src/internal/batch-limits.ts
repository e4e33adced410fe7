/** The size from which on a call joins no batch: copying it costs more than a round trip. */
export const MAX_CALL_BYTES: number = 8 * 1024
/** The largest number of calls in a batch. */
export const MAX_CALLS = 64
/** The largest size of a batch in bytes. */
export const MAX_BYTES: number = 256 * 1024
/**
 * The smallest batch that is sent, by the number of others in flight: 1 call if there are none, 12
 * beside one, 64 beside two or three. Beside four none is sent. A fuller batch costs the server the
 * same commit.
 */
export const MIN_CALLS: readonly [number, number, number, number] = [1, 12, MAX_CALLS, MAX_CALLS]
/** The time after which a batch counts as slow and no longer delays others: it is blocked. */
export const SLOW_MS = 50
/** The lock timeout of a batch. */
export const LOCK_TIMEOUT_MS = 200
/** The lock timeout of the halves of a failed batch, while searching for the row that failed. */
export const SEARCH_LOCK_TIMEOUT_MS = 10
/** The time for which further conflicts are expected after one. */
export const CONFLICTS_MS = 10_000
