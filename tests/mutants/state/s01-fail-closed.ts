import type { RunIdentity } from '@harborage/core'
import type { SlotKey, StateRecord } from '@harborage/state'
import { looselyNamed } from '../inexact-names.ts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { RenamingDriver } from './renaming-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

/** Compares names like a database with an inexact collation. */
class FoldingDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    const { tenantId, userId, sessionId, runId } = identity
    const folded: Required<RunIdentity> = {
      tenantId: looselyNamed(tenantId),
      userId: looselyNamed(userId),
      sessionId: looselyNamed(sessionId),
      runId: looselyNamed(runId),
    }
    return { identity: folded, kind: looselyNamed(kind) }
  }
}

/** Stores a slot under one joined key. */
class JoiningDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    const { tenantId, userId, sessionId, runId } = identity
    const joined = [userId, sessionId, runId, kind].join('/')
    return { identity: { tenantId, userId: 'all', sessionId: 'all', runId: 'all' }, kind: joined }
  }
}

class RunlessDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    return { identity: { ...identity, runId: identity.runId || 'undefined' }, kind }
  }
}

/** Drivers that leave out one part of the run identity. */
const blindDrivers = (['tenantId', 'userId', 'sessionId', 'runId'] as const).map(
  (part) =>
    [
      part,
      class extends RenamingDriver {
        protected override rename({ identity, kind }: SlotKey): SlotKey {
          return { identity: { ...identity, [part]: 'all' }, kind }
        }
      },
    ] as const,
)

/** Returns escaped names, as from a file name or a URL. */
class EscapingDriver extends DelegatingDriver {
  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    const held = await super.load(slot)
    return held === undefined ? undefined : { ...held, kind: `"${held.kind}"` }
  }
}

export const failClosedFaults: readonly BrokenStore[] = [
  brokenStore('S1', 'checks nothing', UncheckedStore),
  brokenDriver('S1', 'folds case, white space and composition', FoldingDriver),
  brokenDriver('S1', 'joins the parts of a slot with a slash', JoiningDriver),
  brokenDriver('S1', 'stores slots without a run under the run "undefined"', RunlessDriver),
  ...blindDrivers.map(([part, Driver]) => brokenDriver('S1', `ignores the ${part}`, Driver)),
  brokenDriver('S1', 'returns escaped names', EscapingDriver),
]
