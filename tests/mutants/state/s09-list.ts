import type { PageOptions, RunIdentity } from '@harborage/core'
import { compareNames, MAX_PAGE_BYTES } from '@harborage/core/kit'
import {
  StateStore,
  type ListKindPage,
  type ListPage,
  type SlotKey,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { UncheckedStore } from './unchecked-store.ts'

const ALL = 100_000
const WHOLE = { limit: ALL, maxBytes: Number.POSITIVE_INFINITY }
const LAST = '\u{10ffff}'

/** Changes each page that it returns. */
abstract class PagingDriver extends DelegatingDriver {
  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    return this.change(await super.listPage(page))
  }

  override async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    return this.change(await super.listKindPage(page))
  }

  protected abstract change(page: readonly StateRecord[]): readonly StateRecord[]
}

class LosingDriver extends PagingDriver {
  protected override change(page: readonly StateRecord[]): readonly StateRecord[] {
    return page.slice(0, -1)
  }
}

class RepeatingDriver extends PagingDriver {
  protected override change(page: readonly StateRecord[]): readonly StateRecord[] {
    return [...page, ...page.slice(-1)]
  }
}

class PayloadlessDriver extends PagingDriver {
  protected override change(page: readonly StateRecord[]): readonly StateRecord[] {
    return page.map((record) => ({ ...record, bytes: new Uint8Array() }))
  }
}

/** Ends a page before the record that would exceed its bytes. */
class NeverAboveDriver extends PagingDriver {
  protected override change(page: readonly StateRecord[]): readonly StateRecord[] {
    let held = 0
    const end = page.findIndex(({ bytes }) => (held += bytes.byteLength) > MAX_PAGE_BYTES)
    return end === -1 ? page : page.slice(0, Math.max(1, end))
  }
}

/** Ends a page at its own number of bytes. */
class SoonFullDriver extends PagingDriver {
  protected override change(page: readonly StateRecord[]): readonly StateRecord[] {
    const end = page.findIndex(({ bytes }) => bytes.byteLength >= 1024 * 1024)
    return end === -1 ? page : page.slice(0, end + 1)
  }
}

/** Lists the records of all identities. */
class UnfilteredDriver extends DelegatingDriver {
  override listPage({ after }: ListPage): Promise<readonly StateRecord[]> {
    const last = { tenantId: LAST, userId: LAST, sessionId: LAST, runId: LAST }
    return this.#all(after === undefined ? undefined : { kind: after, identity: last })
  }

  override listKindPage({ after }: ListKindPage): Promise<readonly StateRecord[]> {
    return this.#all(after)
  }

  #all(after: SlotKey | undefined): Promise<readonly StateRecord[]> {
    return this.records.listKindPage({ kindPrefix: '', after, ...WHOLE })
  }
}

/** Lists the slots of a session of the same name in every tenant, and nothing else wrongly. */
class TenantBlindListDriver extends DelegatingDriver {
  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const { identity, kindPrefix, after, limit } = page
    const all = await this.records.listKindPage({
      ...page,
      kindPrefix,
      after: undefined,
      limit: ALL,
    })
    return all
      .filter((each) => isSameExceptTenant(each.identity, identity))
      .filter(({ kind }) => after === undefined || compareNames(kind, after) > 0)
      .slice(0, limit)
  }
}

function isSameExceptTenant(one: Required<RunIdentity>, other: Required<RunIdentity>): boolean {
  return (['userId', 'sessionId', 'runId'] as const).every((part) => one[part] === other[part])
}

/** Orders by UTF-16 units, as a plain sort does. */
class Utf16OrderDriver extends DelegatingDriver {
  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const all = await this.records.listPage({ ...page, after: undefined, ...WHOLE })
    return nextOf(all.toSorted(byUtf16), (each) => each.kind === page.after, page)
  }

  override async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    const { after } = page
    const all = await this.records.listKindPage({ ...page, after: undefined, ...WHOLE })
    const isLast = (each: StateRecord): boolean => after !== undefined && isSlot(each, after)
    return nextOf(all.toSorted(byUtf16), isLast, page)
  }
}

function nextOf(
  all: readonly StateRecord[],
  isLast: (record: StateRecord) => boolean,
  { limit }: { readonly limit: number },
): readonly StateRecord[] {
  const next = all.findIndex(isLast) + 1
  return all.slice(next, next + limit)
}

function byUtf16(left: StateRecord, right: StateRecord): number {
  const [a, b] = [left, right].map(({ identity, kind }) => [kind, Object.values(identity)].join())
  return (a ?? '') < (b ?? '') ? -1 : 1
}

function isSlot(record: SlotKey, other: SlotKey): boolean {
  return (
    record.kind === other.kind && JSON.stringify(record.identity) === JSON.stringify(other.identity)
  )
}

/** Pages by offset instead of by position. */
class OffsetDriver extends DelegatingDriver {
  readonly #offsets = new Map<string, number>()

  override async listPage(page: ListPage): Promise<readonly StateRecord[]> {
    const all = await this.records.listPage({ ...page, after: undefined, ...WHOLE })
    return this.#slice(all, page.after, page.limit)
  }

  override async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    const all = await this.records.listKindPage({ ...page, after: undefined, ...WHOLE })
    return this.#slice(all, page.after?.kind, page.limit)
  }

  #slice(all: readonly StateRecord[], after: string | undefined, limit: number): StateRecord[] {
    const offset = after === undefined ? 0 : (this.#offsets.get(after) ?? 0)
    const page = all.slice(offset, offset + limit)
    const last = page.at(-1)
    if (last !== undefined) this.#offsets.set(last.kind, offset + limit)
    return page
  }
}

/** Keeps a cursor open from the first step of a walk to its last. */
class CursorStore extends StateStore {
  readonly #open = new Set<object>()

  override list(identity: RunIdentity, kindPrefix: string, options?: PageOptions) {
    return this.#hold(super.list(identity, kindPrefix, options))
  }

  override listKind(...[scope, kindPrefix, options]: Parameters<StateStore['listKind']>) {
    return this.#hold(super.listKind(scope, kindPrefix, options))
  }

  override async close(): Promise<void> {
    if (this.#open.size > 0) throw new Error('a walk is still open')
    return super.close()
  }

  async *#hold(walk: AsyncIterable<StateRecord>): AsyncGenerator<StateRecord> {
    const cursor = {}
    this.#open.add(cursor)
    yield* walk
    this.#open.delete(cursor)
  }
}

/** Finds nothing where it keeps no order. */
class SilentDriver extends DelegatingDriver {
  override async listKindPage(page: ListKindPage): Promise<readonly StateRecord[]> {
    return super.listKindPage(page).catch(() => [])
  }
}

/** Can be walked only once. */
class OneWalkStore extends StateStore {
  override list(identity: RunIdentity, kindPrefix: string, options?: PageOptions) {
    return once(super.list(identity, kindPrefix, options))
  }

  override listKind(...[scope, kindPrefix, options]: Parameters<StateStore['listKind']>) {
    return once(super.listKind(scope, kindPrefix, options))
  }
}

async function* once(walk: AsyncIterable<StateRecord>): AsyncGenerator<StateRecord> {
  yield* walk
}

export const listFaults: readonly BrokenStore[] = [
  brokenDriver('S9', 'loses the last record of a page', LosingDriver),
  brokenDriver('S9', 'repeats the last record of a page', RepeatingDriver),
  brokenDriver('S9', 'ends a page before the record that would exceed its bytes', NeverAboveDriver),
  brokenDriver('S9', 'ends a page at its own number of bytes', SoonFullDriver),
  brokenDriver('S9', 'lists records without their bytes', PayloadlessDriver),
  brokenDriver('S9', 'lists the records of all identities', UnfilteredDriver),
  brokenDriver('S9', 'lists the slots of every tenant', TenantBlindListDriver),
  brokenDriver('S9', 'orders by UTF-16 units', Utf16OrderDriver),
  brokenDriver('S9', 'pages by offset', OffsetDriver),
  brokenDriver('S9', 'lists nothing without the kind index', SilentDriver),
  brokenStore('S9', 'keeps a cursor open during a walk', CursorStore),
  brokenStore('S9', 'can be walked only once', OneWalkStore),
  brokenStore('S9', 'does not require the maintenance scope', UncheckedStore),
]
