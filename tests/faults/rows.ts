import { answerLost } from './rows/answer-lost/row.ts'
import { closing } from './rows/close-under-load/row.ts'
import { crossingOwners } from './rows/crossing-owners/row.ts'
import { crossingTranscripts } from './rows/crossing-transcripts/row.ts'
import { deletedStreams } from './rows/deleted-streams/row.ts'
import { deletionsBesideWriters } from './rows/deletions-beside-writers/row.ts'
import { diskFaults } from './rows/disk-faults/row.ts'
import type { FaultRow } from './harness/fault-row.ts'
import { hostileInput } from './rows/hostile-input/row.ts'
import { killedAppenders } from './rows/killed-appenders/row.ts'
import { killedBackends } from './rows/pooler/killed-backends.ts'
import { killedGraphs } from './rows/killed-graphs/row.ts'
import { longReaders } from './rows/long-readers/row.ts'
import { poolAndNetwork } from './rows/pool-and-network/row.ts'
import { pooler } from './rows/pooler/row.ts'
import { postgresCrash } from './rows/postgres-crash/row.ts'
import { powerCutSteps } from './rows/power-cut-steps/row.ts'
import { powerLoss } from './rows/power-loss/row.ts'
import { processKill } from './rows/process-kill/row.ts'
import { racingReplicas } from './rows/racing-replicas/row.ts'
import { racingSteps } from './rows/racing-steps/row.ts'
import { staleRetries } from './rows/stale-retries/row.ts'
import { tornSteps } from './rows/torn-steps/row.ts'
import { upgradeUnderLoad } from './rows/upgrade-under-load/row.ts'

/** Every row of the table of faults, in its order. */
export const rows: readonly FaultRow[] = [
  processKill,
  powerLoss,
  postgresCrash,
  answerLost,
  tornSteps,
  powerCutSteps,
  killedAppenders,
  racingReplicas,
  racingSteps,
  staleRetries,
  deletionsBesideWriters,
  deletedStreams,
  diskFaults,
  poolAndNetwork,
  pooler,
  killedBackends,
  longReaders,
  closing,
  upgradeUnderLoad,
  hostileInput,
  crossingOwners,
  crossingTranscripts,
  killedGraphs,
]
