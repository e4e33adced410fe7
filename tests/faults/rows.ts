import { closing } from './close-under-load/row.ts'
import type { FaultRow } from './harness/fault-row.ts'
import { hostileInput } from './hostile-input/row.ts'
import { staleRetries } from './stale-retries/row.ts'

/** Every row of the table of faults, in its order. */
export const rows: readonly FaultRow[] = [staleRetries, closing, hostileInput]
