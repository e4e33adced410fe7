import type { EventId, Identity, RunIdentity, Subtree } from '@harborage/core'
import { compareNames } from '@harborage/core/kit'
import {
  StateStore,
  type InMemoryStateDriver,
  type KindRange,
  type ListKeysPage,
  type ListKindPage,
  type ListPage,
  type SlotKey,
  type StateDriver,
  type StateKey,
  type StateRecord,
} from '@harborage/state'
import {
  hasSameParts,
  inexactFaults,
  someInexactFaults,
  type CompareNames,
} from '../inexact-names.ts'
import type { BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const sessionParts = ['tenantId', 'userId', 'sessionId'] as const

const EVERYTHING = { kindPrefix: '', after: undefined, limit: 1e6, maxBytes: Infinity }

/** A driver that compares names inexactly in one of its methods. */
abstract class InexactDriver extends DelegatingDriver {
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
    return hasSameParts(this.#isSame, stored, asked, sessionParts)
  }

  protected isName(stored: string, asked: string): boolean {
    return this.#isSame(stored, asked)
  }
}

class InexactLookup extends InexactDriver {
  override async loadByEventId(
    identity: Identity,
    eventId: EventId,
  ): Promise<StateRecord | undefined> {
    return (await this.allOf(identity)).find((record) => record.eventId === eventId)
  }
}

class InexactDeletion extends InexactDriver {
  override async deleteAll(identity: Subtree<'run' | 'session'>): Promise<number> {
    const records = await this.allOf(identity)
    for (const record of records) await this.delete(record, undefined)
    return records.length
  }
}

class InexactList extends InexactDriver {
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

const FEW = 20

/** Compares inexactly in the reads of many records. */
class InexactMany extends InexactDriver {
  override async loadMany(
    slots: readonly SlotKey[],
    maxBytes: number,
  ): Promise<readonly (StateRecord | undefined)[] | undefined> {
    // Comparing all records with each of a thousand slots would take a minute.
    if (slots.length > FEW) return super.loadMany(slots, maxBytes)
    return Promise.all(
      slots.map(async ({ identity, kind }) => {
        const records = await this.#ofRun(identity)
        return records.find((record) => record.kind === kind)
      }),
    )
  }

  override async listKeysPage(page: ListKeysPage): Promise<readonly StateKey[]> {
    const { identity, kindPrefix, after, limit } = page
    const records = await this.#ofRun(identity)
    return records
      .filter(
        ({ kind }) =>
          kind.startsWith(kindPrefix) && (after === undefined || compareNames(kind, after) > 0),
      )
      .slice(0, limit)
      .map(({ bytes, ...key }) => ({ ...key, size: bytes.byteLength }))
  }

  override async count({ identity }: KindRange): Promise<number> {
    return (await this.#ofRun(identity)).length
  }

  async #ofRun(identity: Required<RunIdentity>): Promise<StateRecord[]> {
    const records = await this.allOf(identity)
    return records.filter((record) => this.isName(record.identity.runId, identity.runId))
  }
}

type Open = BrokenStore['open']

/** Returns a function that opens a store on a driver that compares names with `isSame`. */
function openWith(
  Driver: new (records: InMemoryStateDriver, isSame: CompareNames) => StateDriver,
): (isSame: CompareNames) => Open {
  return (isSame) => (records) => new StateStore(new Driver(records, isSame))
}

export const inexactLookups: readonly BrokenStore[] = inexactFaults(
  'looks for an event id',
  openWith(InexactLookup),
).map((each) => ({ guarantee: 'S1', ...each }))

export const inexactDeletions: readonly BrokenStore[] = inexactFaults(
  'deletes a session',
  openWith(InexactDeletion),
).map((each) => ({ guarantee: 'S8', ...each }))

export const inexactLists: readonly BrokenStore[] = someInexactFaults(
  'lists',
  openWith(InexactList),
).map((each) => ({ guarantee: 'S9', ...each }))

export const inexactReads: readonly BrokenStore[] = someInexactFaults(
  'reads many records',
  openWith(InexactMany),
)
  .slice(1, 2)
  .map((each) => ({ guarantee: 'S14', ...each }))
