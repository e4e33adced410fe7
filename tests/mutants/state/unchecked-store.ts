import type {
  CallOptions,
  DeleteAllResult,
  EventId,
  Identity,
  MaintenanceScope,
  PruneResult,
  RunIdentity,
  Subtree,
} from '@harborage/core'
import {
  StateStore,
  type CheckedRecord,
  type CommitOutcome,
  type CountOptions,
  type DeleteOptions,
  type Lease,
  type LeaseOptions,
  type NewStateRecord,
  type SaveIfEmptyOutcome,
  type SaveOptions,
  type SaveOutcome,
  type Slot,
  type StateDriver,
  type StateKey,
  type StateListOptions,
  type StateRecord,
  type StateTransaction,
  type TouchOptions,
} from '@harborage/state'

/**
 * A store that passes all arguments to its driver: without checks or copies, even if it is closed
 * or the call is aborted.
 */
export class UncheckedStore extends StateStore {
  readonly #driver: StateDriver

  constructor(driver: StateDriver) {
    super(driver)
    this.#driver = driver
  }

  override async save(record: NewStateRecord, options?: SaveOptions): Promise<SaveOutcome> {
    return this.#driver.save(complete(record), options?.ifEventId)
  }

  override async load(identity: RunIdentity, kind: string): Promise<StateRecord | undefined> {
    return this.#driver.load({ identity: withRun(identity), kind })
  }

  override async lease(
    identity: RunIdentity,
    kind: string,
    { ttlMs }: LeaseOptions,
  ): Promise<Lease | undefined> {
    return new StateStore(this.#driver).lease(withRun(identity), kind, { ttlMs })
  }

  override async loadMany(slots: readonly Slot[]): Promise<readonly (StateRecord | undefined)[]> {
    const keys = slots.map(({ identity, kind }) => ({ identity: withRun(identity), kind }))
    return (await this.#driver.loadMany(keys, Number.POSITIVE_INFINITY)) ?? []
  }

  override async loadOrThrow(identity: RunIdentity, kind: string): Promise<StateRecord> {
    return found(await this.load(identity, kind))
  }

  override async loadByEventId(
    identity: Identity,
    eventId: EventId,
  ): Promise<StateRecord | undefined> {
    return this.#driver.loadByEventId(identity, eventId)
  }

  override async loadByEventIdOrThrow(identity: Identity, eventId: EventId): Promise<StateRecord> {
    return found(await this.loadByEventId(identity, eventId))
  }

  override async delete(
    identity: RunIdentity,
    kind: string,
    options?: DeleteOptions,
  ): Promise<boolean> {
    return this.#driver.delete({ identity: withRun(identity), kind }, options?.ifEventId)
  }

  override async touch(
    identity: RunIdentity,
    kind: string,
    { ifEventId, expiresAt }: TouchOptions,
  ): Promise<boolean> {
    const slot = { identity: withRun(identity), kind }
    return this.#driver.touch({ slot, ifEventId, expiresAt: expiresAt ?? undefined })
  }

  override async deleteAll(subtree: Subtree): Promise<DeleteAllResult> {
    if (subtree.level === 'run' || subtree.level === 'session') {
      return { deleted: await this.#driver.deleteAll(subtree), remaining: 0 }
    }
    const all = { subtree, after: undefined, limit: 1e6 }
    return { deleted: (await this.#driver.deleteBatch(all)).deleted, remaining: 0 }
  }

  override async prune(subtree: Subtree): Promise<PruneResult> {
    const found = await this.#driver.prunePage({ subtree, after: undefined, limit: 1e6 })
    const expired = found.filter(({ isExpired }) => isExpired)
    return { examined: found.length, pruned: await this.#driver.prune(expired) }
  }

  override async saveIfEmpty(record: NewStateRecord): Promise<SaveIfEmptyOutcome> {
    const outcome = await this.commit({ saveIfEmpty: [record] })
    return outcome.repeated ? 'kept' : (outcome.saveIfEmpty[0] ?? 'kept')
  }

  override async commit(transaction: StateTransaction): Promise<CommitOutcome> {
    const { expect = [], save = [], saveIfEmpty = [], deletePrefix = [] } = transaction
    const { delete: slots = [] } = transaction
    return this.#driver.commit({
      expect: expect.map((each) => ({ ...each, identity: withRun(each.identity) })),
      save: save.map(complete),
      saveIfEmpty: saveIfEmpty.map(complete),
      delete: slots.map((each) => ({ ...each, identity: withRun(each.identity) })),
      deletePrefix: deletePrefix.map((each) => ({ ...each, identity: withRun(each.identity) })),
    })
  }

  override async *list(
    identity: RunIdentity,
    kindPrefix: string,
    options?: StateListOptions,
  ): AsyncGenerator<StateRecord> {
    const maxBytes = Number.POSITIVE_INFINITY
    const all = { identity: withRun(identity), kindPrefix, ...uncheckedList(options) }
    let after: string | undefined
    for (;;) {
      const page = await this.#driver.listPage({ ...all, after, maxBytes })
      yield* page
      after = page.at(-1)?.kind
      if (page.length < all.limit || page.length === 0) return
    }
  }

  override async *listKeys(
    identity: RunIdentity,
    kindPrefix: string,
    options?: StateListOptions,
  ): AsyncGenerator<StateKey> {
    const all = { identity: withRun(identity), kindPrefix, ...uncheckedList(options) }
    let after: string | undefined
    for (;;) {
      const page = await this.#driver.listKeysPage({ ...all, after })
      yield* page
      after = page.at(-1)?.kind
      if (page.length < all.limit || page.length === 0) return
    }
  }

  override async count(
    identity: RunIdentity,
    kindPrefix: string,
    options?: CountOptions,
  ): Promise<number> {
    const { from, to } = options ?? {}
    return this.#driver.count({ identity: withRun(identity), kindPrefix, from, to })
  }

  override async *listKind(
    _scope: MaintenanceScope,
    kindPrefix: string,
    options?: CallOptions & { pageSize?: number },
  ): AsyncGenerator<StateRecord> {
    const limit = options?.pageSize ?? 100
    const maxBytes = Number.POSITIVE_INFINITY
    let after: StateRecord | undefined
    for (;;) {
      const page = await this.#driver.listKindPage({ kindPrefix, after, limit, maxBytes })
      yield* page
      after = page.at(-1)
      if (page.length < limit || page.length === 0) return
    }
  }
}

function uncheckedList(options: StateListOptions = {}) {
  const { pageSize: limit = 100, order = 'ascending', from, to } = options
  return { limit, order, from, to }
}

function complete(record: NewStateRecord): CheckedRecord {
  const { version = 0, updatedAt = new Date(0), expiresAt } = record
  return { ...record, identity: withRun(record.identity), version, updatedAt, expiresAt }
}

function withRun(identity: RunIdentity): Required<RunIdentity> {
  return { runId: '', ...identity }
}

function found(record: StateRecord | undefined): StateRecord {
  if (record === undefined) throw new Error('nothing there')
  return record
}
