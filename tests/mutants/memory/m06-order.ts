import type { RunIdentity } from '@harborage/core'
import { parseJsonObject } from '@harborage/core/kit'
import type { Conversation, KeptTurn } from '@harborage/memory'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Returns a driver with another order of turns. */
function orderedBy(keyOf: (turn: KeptTurn) => string): typeof DelegatingDriver {
  return class extends DelegatingDriver {
    override async read(identity: Required<RunIdentity>): Promise<Conversation> {
      const held = await super.read(identity)
      const byKey = (left: KeptTurn, right: KeptTurn): number =>
        keyOf(left) < keyOf(right) ? -1 : 1
      return { ...held, turns: held.turns.toSorted(byKey) }
    }
  }
}

function field(name: string): (turn: KeptTurn) => string {
  return ({ text }) => JSON.stringify(parseJsonObject(text)[name]).padStart(30, '0')
}

export const orderFaults: readonly BrokenStore[] = [
  brokenDriver('orders turns by their timestamps', orderedBy(field('timestamp'))),
  brokenDriver('orders turns by their ids', orderedBy(field('turnId'))),
  brokenDriver(
    'orders turns by their position as a text',
    orderedBy(({ position }) => String(position)),
  ),
]
