import type { RunIdentity } from '@harborage/core'

import { ArtifactCaller } from './artifact-caller.ts'
import type { Caller } from './caller.ts'
import { StateCaller, type StateVariant } from './state-caller.ts'
import type { Stores } from './stores.ts'
import { TurnCaller } from './turn-caller.ts'

const variants: readonly StateVariant[] = ['save', 'chain', 'commit', 'delete']

/** One caller of every sort on the stores, each in a session of its own that has this name in its own. */
export function callersOn(stores: Stores, name: string, tenantId = 'acme'): readonly Caller[] {
  const session = (sort: string): RunIdentity => ({
    tenantId,
    userId: 'ann',
    sessionId: `${name}-${sort}.`,
    runId: 'r1',
  })
  return [
    ...variants.map((variant) => new StateCaller(stores, variant, session(variant))),
    new ArtifactCaller(stores, session('put')),
    new TurnCaller(stores, session('turn')),
  ]
}
