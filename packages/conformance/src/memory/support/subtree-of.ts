import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  type RunIdentity,
  type Subtree,
  type SubtreeLevel,
} from '@harborage/core'
import { sessionOf } from '../../support/session-of.ts'

/** Returns the subtree of each level that a run is in. */
export const subtreeOf: {
  readonly [Level in SubtreeLevel]: (run: Required<RunIdentity>) => Subtree<Level>
} = {
  run: allOfRun,
  session: (run) => allOfSession(sessionOf(run)),
  user: ({ tenantId, userId }) => allOfUser({ tenantId, userId }),
  tenant: ({ tenantId }) => allOfTenant({ tenantId }),
}
