import { allOfSession, type EventId, type Subtree } from '@harborage/core'
import type {
  Condition,
  InMemoryStateDriver,
  SaveOutcome,
  SlotKey,
  StateRecord,
} from '@harborage/state'
import { brokenDriver, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { RenamingDriver } from './renaming-driver.ts'
import { turns } from '@harborage/test-kit/turns'

class AlwaysTrueDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    await super.delete(slot, ifEventId)
    return true
  }
}

class SharedAmongRunsDriver extends RenamingDriver {
  protected override rename({ identity, kind }: SlotKey): SlotKey {
    return { identity: { ...identity, runId: 'any' }, kind }
  }
}

const graves = new WeakMap<InMemoryStateDriver, Set<EventId>>()

/** Never forgets event ids. */
class NeverForgettingDriver extends DelegatingDriver {
  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    const known = graves.get(this.records) ?? new Set<EventId>()
    graves.set(this.records, known)
    const outcome = await super.save(record, condition)
    if (outcome !== 'saved') return outcome
    if (!known.has(record.eventId)) {
      known.add(record.eventId)
      return outcome
    }
    await this.delete(record, undefined)
    return 'superseded'
  }
}

/** A first page without bounds. */
const FORWARD = { order: 'ascending', from: undefined, to: undefined, after: undefined } as const

/** Reads before it deletes, without a transaction. */
class LookThenDeleteDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const held = await this.load(slot)
    await turns(1)
    await super.delete(slot, ifEventId)
    return held !== undefined
  }

  override async deleteAll(identity: Subtree<'run' | 'session'>): Promise<number> {
    const kinds = await this.records.listPage({
      identity: { ...identity, runId: 'run' },
      ...FORWARD,
      kindPrefix: 'task.',
      limit: 1_000,
      maxBytes: Number.POSITIVE_INFINITY,
    })
    await turns(1)
    await super.deleteAll(identity)
    return kinds.length
  }
}

/** Deletes slots one by one, without a transaction. */
class OneAfterTheOtherDriver extends DelegatingDriver {
  override async deleteAll(identity: Subtree<'run' | 'session'>): Promise<number> {
    const owner = { ...identity, runId: '' }
    const page = { ...FORWARD, kindPrefix: '', limit: 1_000, maxBytes: Infinity }
    const records = [
      ...(await this.records.listPage({ ...page, identity: owner })),
      ...(await this.records.listPage({ ...page, identity: { ...owner, runId: 'run' } })),
      ...(await this.records.listPage({ ...page, identity: { ...owner, runId: 'other run' } })),
    ]
    await turns(3)
    let count = 0
    for (const record of records) if (await this.delete(record, undefined)) count += 1
    return count
  }
}

/** Deletes the whole tenant. */
class TenantWideDriver extends DelegatingDriver {
  override async deleteAll(identity: Subtree<'run' | 'session'>): Promise<number> {
    let count = await super.deleteAll(identity)
    for (const userId of ['ann', 'other']) {
      for (const sessionId of ['first', 'other']) {
        count += await super.deleteAll(
          allOfSession({ tenantId: identity.tenantId, userId, sessionId }),
        )
      }
    }
    return count
  }
}

/** Hides deleted records until it is closed. */
class HidingDriver extends DelegatingDriver {
  readonly #hidden = new Set<string>()

  override async load(slot: SlotKey): Promise<StateRecord | undefined> {
    return this.#hidden.has(JSON.stringify(slot)) ? undefined : super.load(slot)
  }

  override async delete(slot: SlotKey): Promise<boolean> {
    const isThere = (await this.load(slot)) !== undefined
    this.#hidden.add(JSON.stringify(slot))
    return isThere
  }
}

/** Repeats a delete, and lets other calls run in between. */
class RepeatingDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const isThere = await super.delete(slot, ifEventId)
    await turns(3)
    if (isThere && ifEventId === undefined) await super.delete(slot, ifEventId)
    return isThere
  }
}

/** Repeats a delete after its answer. */
class LateDriver extends DelegatingDriver {
  override async delete(slot: SlotKey, ifEventId: EventId | undefined): Promise<boolean> {
    const isThere = await super.delete(slot, ifEventId)
    if (isThere && ifEventId === undefined) void turns(3).then(() => super.delete(slot, ifEventId))
    return isThere
  }
}

export const deleteFaults: readonly BrokenStore[] = [
  brokenDriver('S8', 'always finds something to delete', AlwaysTrueDriver),
  brokenDriver('S8', 'ignores the run', SharedAmongRunsDriver),
  brokenDriver('S8', 'remembers the event ids of deleted slots', NeverForgettingDriver),
  brokenDriver('S8', 'reads before it deletes, without a transaction', LookThenDeleteDriver),
  brokenDriver('S8', 'deletes a session slot by slot', OneAfterTheOtherDriver),
  brokenDriver('S8', 'deletes the sessions of the whole tenant', TenantWideDriver),
  brokenDriver('S8', 'deletes twice before it answers', RepeatingDriver),
  brokenDriver('S8', 'deletes again after it has answered', LateDriver),
  brokenDriver('S8', 'hides deleted records until it is closed', HidingDriver),
]
