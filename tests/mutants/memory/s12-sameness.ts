import type { RunIdentity } from '@harborage/core'
import type { Conversation } from '@harborage/memory'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class LossyDriver extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    const held = await super.read(identity)
    return { ...held, turns: held.turns.filter(({ position }) => position % 7 !== 0) }
  }
}

export const samenessFaults: readonly BrokenStore[] = [
  brokenDriver('loses every seventh turn', LossyDriver),
]
