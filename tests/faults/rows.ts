import { answerLost } from './answer-lost/row.ts'
import { closing } from './close-under-load/row.ts'
import { deletionsBesideWriters } from './deletions-beside-writers/row.ts'
import { diskFaults } from './disk-faults/row.ts'
import type { FaultRow } from './harness/fault-row.ts'
import { hostileInput } from './hostile-input/row.ts'
import { longReaders } from './long-readers/row.ts'
import { poolAndNetwork } from './pool-and-network/row.ts'
import { pooler } from './pooler/row.ts'
import { postgresCrash } from './postgres-crash/row.ts'
import { powerLoss } from './power-loss/row.ts'
import { processKill } from './process-kill/row.ts'
import { racingReplicas } from './racing-replicas/row.ts'
import { staleRetries } from './stale-retries/row.ts'
import { upgradeUnderLoad } from './upgrade-under-load/row.ts'

/** Every row of the table of faults, in its order. */
export const rows: readonly FaultRow[] = [
  processKill,
  powerLoss,
  postgresCrash,
  answerLost,
  racingReplicas,
  staleRetries,
  deletionsBesideWriters,
  diskFaults,
  poolAndNetwork,
  pooler,
  longReaders,
  closing,
  upgradeUnderLoad,
  hostileInput,
]
