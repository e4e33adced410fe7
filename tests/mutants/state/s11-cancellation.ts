import type { CallOptions, EventId, Identity, PageOptions, RunIdentity } from '@harborage/core'
import {
  StateStore,
  type CommitOutcome,
  type NewStateRecord,
  type SaveOptions,
  type SaveOutcome,
  type StateRecord,
  type StateTransaction,
} from '@harborage/state'
import { brokenStore, type BrokenStore } from './broken-store.ts'
import { collect } from '@harborage/test-kit/collect'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

const LONGER_THAN_ANY_ABORT = 10

/** Acknowledges aborted saves that it has not made. */
class YesSayingStore extends StateStore {
  override async save(record: NewStateRecord, options?: SaveOptions): Promise<SaveOutcome> {
    if (options?.signal === undefined) return super.save(record, options)
    await turns(LONGER_THAN_ANY_ABORT)
    return options.signal.aborted ? 'saved' : super.save(record, options)
  }
}

/** Stops in the middle of a commit when its signal is aborted. */
class HalfwayStore extends StateStore {
  override async commit(
    transaction: StateTransaction,
    options?: CallOptions,
  ): Promise<CommitOutcome> {
    if (options?.signal === undefined) return super.commit(transaction)
    const outcomes: SaveOutcome[] = []
    for (const record of transaction.save ?? []) {
      outcomes.push(await super.save(record))
      await turns(LONGER_THAN_ANY_ABORT)
      options.signal.throwIfAborted()
    }
    return { repeated: false, save: outcomes, saveIfEmpty: [], deleted: 0 }
  }
}

/** Undoes an acknowledged call when its signal is aborted. */
class UndoingStore extends StateStore {
  override async save(record: NewStateRecord, options?: SaveOptions): Promise<SaveOutcome> {
    const outcome = await super.save(record, options)
    options?.signal?.addEventListener('abort', () => {
      void super.delete(record.identity, record.kind)
    })
    return outcome
  }
}

/** Never removes its listeners from signals. */
class ListeningStore extends StateStore {
  override save(record: NewStateRecord, options?: SaveOptions): Promise<SaveOutcome> {
    listen(options)
    return super.save(record, options)
  }

  override load(
    ...[identity, kind, options]: Parameters<StateStore['load']>
  ): Promise<StateRecord | undefined> {
    listen(options)
    return super.load(identity, kind, options)
  }

  override loadByEventId(
    identity: Identity,
    eventId: EventId,
    options?: CallOptions,
  ): Promise<StateRecord | undefined> {
    listen(options)
    return super.loadByEventId(identity, eventId, options)
  }

  override lease(...[identity, kind, options]: Parameters<StateStore['lease']>) {
    listen(options)
    return super.lease(identity, kind, options)
  }

  override delete(...[identity, kind, options]: Parameters<StateStore['delete']>) {
    listen(options)
    return super.delete(identity, kind, options)
  }

  override touch(...[identity, kind, options]: Parameters<StateStore['touch']>) {
    listen(options)
    return super.touch(identity, kind, options)
  }

  override prune(...[subtree, options]: Parameters<StateStore['prune']>) {
    listen(options)
    return super.prune(subtree, options)
  }

  override deleteAll(...[subtree, options]: Parameters<StateStore['deleteAll']>) {
    listen(options)
    return super.deleteAll(subtree, options)
  }

  override commit(transaction: StateTransaction, options?: CallOptions) {
    listen(options)
    return super.commit(transaction, options)
  }

  override saveIfEmpty(record: NewStateRecord, options?: CallOptions) {
    listen(options)
    return super.saveIfEmpty(record, options)
  }

  override loadMany(...[slots, options]: Parameters<StateStore['loadMany']>) {
    listen(options)
    return super.loadMany(slots, options)
  }

  override list(identity: RunIdentity, kindPrefix: string, options?: PageOptions) {
    listen(options)
    return super.list(identity, kindPrefix, options)
  }

  override listKeys(...[identity, kindPrefix, options]: Parameters<StateStore['listKeys']>) {
    listen(options)
    return super.listKeys(identity, kindPrefix, options)
  }

  override count(...[identity, kindPrefix, options]: Parameters<StateStore['count']>) {
    listen(options)
    return super.count(identity, kindPrefix, options)
  }
}

/** Walks in microtasks only, so that no timer fires. */
class StarvingStore extends StateStore {
  readonly #found = new Map<string, StateRecord[]>()

  override async *list(identity: RunIdentity, kindPrefix: string, options?: PageOptions) {
    const key = JSON.stringify([identity, kindPrefix])
    const found = this.#found.get(key) ?? (await collect(super.list(identity, kindPrefix, options)))
    this.#found.set(key, found)
    for (const record of found) {
      yield record
      options?.signal?.throwIfAborted()
    }
  }
}

function listen(options: CallOptions | undefined): void {
  options?.signal?.addEventListener('abort', () => {})
}

export const cancellationFaults: readonly BrokenStore[] = [
  brokenStore('S11', 'ignores signals', UncheckedStore),
  brokenStore('S11', 'acknowledges aborted saves that it has not made', YesSayingStore),
  brokenStore('S11', 'stops in the middle of an aborted commit', HalfwayStore),
  brokenStore('S11', 'undoes acknowledged calls', UndoingStore),
  brokenStore('S11', 'never removes its listeners from signals', ListeningStore),
  brokenStore('S11', 'lets no timer fire during walks', StarvingStore),
]
