import { closing } from './close-under-load/row.ts'
import { diskFaults } from './disk-faults/row.ts'
import type { FaultRow } from './harness/fault-row.ts'
import { hostileInput } from './hostile-input/row.ts'
import { longReaders } from './long-readers/row.ts'
import { powerLoss } from './power-loss/row.ts'
import { processKill } from './process-kill/row.ts'
import { staleRetries } from './stale-retries/row.ts'

/** Every row of the table of faults, in its order. */
export const rows: readonly FaultRow[] = [
  processKill,
  powerLoss,
  staleRetries,
  diskFaults,
  longReaders,
  closing,
  hostileInput,
]
