import type { FaultRow } from './harness/fault-row.ts'
import { racingReplicas } from './racing-replicas/row.ts'
import { poolAndNetwork } from './pool-and-network/row.ts'
import { pooler } from './pooler/row.ts'
import { postgresCrash } from './postgres-crash/row.ts'
import { answerLost } from './answer-lost/row.ts'

/** Every row of the table of faults, in its order. */
export const rows: readonly FaultRow[] = [
  postgresCrash,
  answerLost,
  racingReplicas,
  poolAndNetwork,
  pooler,
]
