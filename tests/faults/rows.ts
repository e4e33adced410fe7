import type { FaultRow } from './harness/fault-row.ts'
import { diskFaults } from './disk-faults/row.ts'
import { longReaders } from './long-readers/row.ts'
import { powerLoss } from './power-loss/row.ts'
import { processKill } from './process-kill/row.ts'

/** Every row of the table of faults, in its order. */
export const rows: readonly FaultRow[] = [processKill, powerLoss, diskFaults, longReaders]
