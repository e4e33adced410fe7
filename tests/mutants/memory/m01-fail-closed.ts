import {
  createEventBus,
  type CallOptions,
  type HarborageEvent,
  type RunIdentity,
} from '@harborage/core'
import {
  MemoryStore,
  type Conversation,
  type HeldMemory,
  type LlmContextPatch,
  type MemoryChange,
  type MemoryRules,
  type ReadSet,
} from '@harborage/memory'
import { brokenDriver, brokenRules, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class TrustingStore extends MemoryStore {
  override async getLlmContext(
    identity: RunIdentity,
    options?: CallOptions,
  ): Promise<LlmContextPatch> {
    return super.getLlmContext({ ...identity, sessionId: identity.sessionId || 'none' }, options)
  }
}

/** Returns a driver that ignores one part of the identity. */
function blindTo(part: keyof RunIdentity): typeof DelegatingDriver {
  return class extends DelegatingDriver {
    override read(identity: Required<RunIdentity>): Promise<Conversation> {
      return super.read({ ...identity, [part]: 'any' })
    }

    override change<Result>(
      identity: Required<RunIdentity>,
      readSet: ReadSet,
      decide: (held: HeldMemory) => MemoryChange<Result>,
    ): Promise<Result> {
      return super.change({ ...identity, [part]: 'any' }, readSet, decide)
    }
  }
}

/** Returns a bus that publishes each event through the given function. */
function publishing(
  fault: string,
  publish: (event: HarborageEvent, next: MemoryRules['bus']) => void | Promise<void>,
): BrokenStore {
  return brokenRules(fault, (rules) => ({
    ...rules,
    bus: { ...createEventBus(), publish: (event) => publish(event, rules.bus) },
  }))
}

function shown(part: string): string {
  return part === '<missing>' ? '' : part
}

export const failClosedFaults: readonly BrokenStore[] = [
  brokenStore('replaces a missing session by a default', TrustingStore),
  publishing('keeps refused identities to itself', () => {}),
  publishing('tells of each refused identity twice', async (event, bus) => {
    await bus.publish(event)
    await bus.publish(event)
  }),
  publishing('swallows what the bus fails with', async (event, bus) => {
    try {
      await bus.publish(event)
    } catch {
      // The deliberate fault.
    }
  }),
  publishing('leaves absent parts empty', (event, bus) => {
    const { tenantId, userId, sessionId } = event.identity
    const identity = {
      tenantId: shown(tenantId),
      userId: shown(userId),
      sessionId: shown(sessionId),
    }
    return bus.publish({ ...event, identity })
  }),
  brokenDriver('ignores the tenant', blindTo('tenantId')),
  brokenDriver('ignores the user', blindTo('userId')),
  brokenDriver('ignores the session', blindTo('sessionId')),
  brokenDriver('ignores the run', blindTo('runId')),
]
