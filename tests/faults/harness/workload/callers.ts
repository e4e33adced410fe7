import type { Identity, RunIdentity } from '@harborage/core'

import { ArtifactCaller } from './artifact-caller.ts'
import type { Caller } from './caller.ts'
import { StateCaller, type StateVariant } from './state-caller.ts'
import type { Stores } from './stores.ts'
import { TurnCaller } from './turn-caller.ts'

const variants: readonly StateVariant[] = ['save', 'chain', 'commit', 'delete']

/**
 * One caller of every sort on the stores, each in a session of its own that has this name in its
 * own.
 */
export function callersOn(stores: Stores, name: string, tenantId = 'acme'): readonly Caller[] {
  const session = (sort: string): Identity => ({
    tenantId,
    userId: 'ann',
    sessionId: `${name}-${sort}.`,
  })
  const run = (sort: string): RunIdentity => ({ ...session(sort), runId: 'r1' })
  return [
    ...variants.map((variant) => new StateCaller(stores, variant, run(variant))),
    new ArtifactCaller(stores, session('put')),
    new TurnCaller(stores, run('turn')),
  ]
}
