import type { EventId, Identity } from '@harborage/core'
import { compareNames } from '@harborage/core/kit'
import {
  StateStore,
  type InMemoryStateDriver,
  type ListKindPage,
  type ListPage,
  type StateDriver,
  type StateRecord,
} from '@harborage/state'
import {
  carelessComparisons,
  someCarelessComparisons,
  type CompareNames,
} from '../careless-names.ts'
import type { BrokenStore, GuaranteeId } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const EVERYTHING = { kindPrefix: '', after: undefined, limit: 1e6, maxBytes: Infinity }

/** A driver that compares names inexactly in one of its methods. */
abstract class CarelessDriver extends DelegatingDriver {
  readonly #isSame: CompareNames

  constructor(records: InMemoryStateDriver, isSame: CompareNames) {
    super(records)
    this.#isSame = isSame
  }

  /** Resolves to every record that it matches with the session. */
  protected async allOf(asked: Identity): Promise<StateRecord[]> {
    const all = await this.records.listKindPage(EVERYTHING)
    return all.filter(({ identity }) => this.isSession(identity, asked))
  }

  protected isSession(stored: Identity, asked: Identity): boolean {
    return (
      this.#isSame(stored.tenantId, asked.tenantId) &&
      this.#isSame(stored.userId, asked.userId) &&
      this.#isSame(stored.sessionId, asked.sessionId)
    )
  }

  protected isName(stored: string, asked: string): boolean {
    return this.#isSame(stored, asked)
  }
}

class CarelessLookup extends CarelessDriver {
  override async loadByEventId(
    identity: Identity,
    eventId: EventId,
  ): Promise<StateRecord | undefined> {
    return (await this.allOf(identity)).find((record) => record.eventId === eventId)
  }
}

class CarelessDeletion extends CarelessDriver {
  override async deleteScope(identity: Identity): Promise<number> {
    const records = await this.allOf(identity)
    for (const record of records) await this.delete(record, undefined)
    return records.length
  }
}

class CarelessList extends CarelessDriver {
  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const { identity, kindPrefix, after, limit } = page
    return (await this.allOf(identity))
      .filter((record) => this.isName(record.identity.runId, identity.runId))
      .filter(
        ({ kind }) =>
          kind.startsWith(kindPrefix) && (after === undefined || compareNames(kind, after) > 0),
      )
      .slice(0, limit)
  }

  /** Leaves out records that it confuses with others. */
  override async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    const records = await super.listKindPage(page)
    return records.filter(
      ({ kind, identity }, index) =>
        !records
          .slice(0, index)
          .some(
            (other) =>
              other.kind === kind &&
              this.isSession(other.identity, identity) &&
              this.isName(other.identity.runId, identity.runId),
          ),
    )
  }
}

type CarelessClass = new (records: InMemoryStateDriver, isSame: CompareNames) => StateDriver

/** Returns a store for each inexact comparison of names in one kind of call. */
function carelessStores(
  guarantee: GuaranteeId,
  calls: string,
  Driver: CarelessClass,
  comparisons: typeof carelessComparisons = carelessComparisons,
): readonly BrokenStore[] {
  return comparisons.map(([fault, isSame]) => ({
    guarantee,
    fault: `${fault} when it ${calls}`,
    open: (records) => new StateStore(new Driver(records, isSame)),
  }))
}

export const carelessLookups = carelessStores('S1', 'looks for an event id', CarelessLookup)
export const carelessDeletions = carelessStores('S8', 'deletes a session', CarelessDeletion)
export const carelessLists = carelessStores('S9', 'lists', CarelessList, someCarelessComparisons)
