import { randomUUID } from 'node:crypto'
import { HarborageError, parseEventId } from '@harborage/core'
import {
  JournalStore,
  type AppendResult,
  type CheckedAppend,
  type CheckedReplacement,
  type LocatedEntry,
  type ReadPage,
  type StreamHead,
  type StreamKey,
} from '@harborage/journal'
import { turns } from '@harborage/test-kit/turns'
import { someInexactFaults, type CompareNames } from '../inexact-names.ts'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

/** Appends to the first known stream whose names it confuses with those of the asked one. */
class InexactDriver extends DelegatingDriver {
  readonly #known: StreamKey[] = []
  readonly #isSame: CompareNames

  constructor(records: ConstructorParameters<typeof DelegatingDriver>[0], isSame: CompareNames) {
    super(records)
    this.#isSame = isSame
  }

  override append(append: CheckedAppend): Promise<AppendResult> {
    const { owner, stream } = append
    const known = this.#known.find(
      (each) =>
        parts.every((part) => this.#isSame(each.owner[part], owner[part])) &&
        this.#isSame(each.stream, stream),
    )
    if (known === undefined) this.#known.push({ owner, stream })
    return super.append({ ...append, ...known })
  }
}

/** Accepts an identity without a session. */
class UncheckedStore extends JournalStore {
  override head(...[owner, stream, options]: Parameters<JournalStore['head']>) {
    if (typeof owner === 'object' && owner !== null && owner.sessionId === '') {
      return super.head({ ...owner, sessionId: 'none' }, stream, options)
    }
    return super.head(owner, stream, options)
  }
}

/** Captures the entries after a turn of the event loop. */
class LateStore extends JournalStore {
  override async append(...args: Parameters<JournalStore['append']>) {
    await turns(1)
    return super.append(...args)
  }
}

/** Answers with the position before the append. */
class EarlyHeadDriver extends DelegatingDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    const { head, entries } = await super.append(append)
    return { head: { ...head, position: head.position - 1 }, entries }
  }
}

/** Answers a conditional append with a time of its own. */
class TwoTimesDriver extends DelegatingDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    const { head, entries } = await super.append(append)
    if (append.ifPosition === undefined) return { head, entries }
    return { head: { ...head, updatedAt: new Date(head.updatedAt.getTime() + 1) }, entries }
  }
}

/** Appends the entries of a batch one by one. */
class TearingDriver extends DelegatingDriver {
  override async append({ entries, ...append }: CheckedAppend): Promise<AppendResult> {
    const results: AppendResult[] = []
    for (const entry of entries) {
      results.push(await super.append({ ...append, entries: [entry] }))
      await turns(1)
    }
    const last = results.at(-1) ?? (await super.append({ ...append, entries }))
    return { head: last.head, entries: results.flatMap((each) => each.entries) }
  }
}

/** Takes every entry for a new one. */
class ForgetfulDriver extends DelegatingDriver {
  override append(append: CheckedAppend): Promise<AppendResult> {
    const entries = append.entries.map((entry) => ({
      ...entry,
      entryId: parseEventId(randomUUID()),
    }))
    return super.append({ ...append, entries })
  }
}

/** Does not compare the content of an entry that it holds. */
class CredulousDriver extends DelegatingDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    const held = await this.records.get(
      append,
      append.entries.map(({ entryId }) => entryId),
      1e9,
    )
    const entries = append.entries.map((entry, index) => ({ ...entry, ...held?.[index] }))
    return super.append({ ...append, entries })
  }
}

/** Forgets the ids of entries that are trimmed. */
class TrimmedIdsDriver extends DelegatingDriver {
  readonly #trimmed = new Set<string>()

  override async trim(key: StreamKey, before: number): Promise<number> {
    const page = { ...key, from: 0, to: before, order: 'ascending', after: undefined } as const
    const entries = await this.records.readPage({ ...page, limit: 1e6, maxBytes: 1e9 })
    for (const { entryId } of entries) this.#trimmed.add(entryId)
    return super.trim(key, before)
  }

  override append(append: CheckedAppend): Promise<AppendResult> {
    const entries = append.entries.map((entry) =>
      this.#trimmed.has(entry.entryId) ? { ...entry, entryId: parseEventId(randomUUID()) } : entry,
    )
    return super.append({ ...append, entries })
  }
}

/** Ignores conditions. */
class UnconditionalDriver extends DelegatingDriver {
  override append(append: CheckedAppend): Promise<AppendResult> {
    return super.append({ ...append, ifPosition: undefined })
  }
}

/** Compares and appends in two steps. */
class LookThenAppendDriver extends DelegatingDriver {
  override async append({ ifPosition, ...append }: CheckedAppend): Promise<AppendResult> {
    if (ifPosition !== undefined) {
      const position = (await this.records.head(append))?.position ?? 0
      if (position !== ifPosition) {
        throw new HarborageError('condition_failed', 'the head has another position')
      }
      await turns(1)
    }
    return super.append({ ...append, ifPosition: undefined })
  }
}

/** Checks the condition of a repeated append. */
class ImpatientDriver extends DelegatingDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    const position = (await this.records.head(append))?.position ?? 0
    if (append.ifPosition !== undefined && append.ifPosition !== position) {
      throw new HarborageError('condition_failed', 'the head has another position')
    }
    return super.append(append)
  }
}

/** Appends what replaces the rest in a step of its own. */
class TwoStepDriver extends DelegatingDriver {
  override async replaceAfter(replacement: CheckedReplacement): Promise<StreamHead> {
    const { owner, stream, entries } = replacement
    await super.replaceAfter({ ...replacement, entries: [] })
    await turns(1)
    if (entries.length === 0) return this.headOf(replacement)
    const always = { ifPosition: undefined, expiresAt: undefined }
    return (await super.append({ owner, stream, entries, ...always })).head
  }

  private async headOf(key: StreamKey): Promise<StreamHead> {
    return (await this.head(key)) ?? Promise.reject(new Error('there is a stream'))
  }
}

/** Takes every replacement for a new one. */
class RepeatingDriver extends DelegatingDriver {
  override async replaceAfter(replacement: CheckedReplacement): Promise<StreamHead> {
    const ifPosition = (await this.head(replacement))?.position ?? 0
    const operationId = parseEventId(randomUUID())
    return super.replaceAfter({ ...replacement, operationId, ifPosition })
  }
}

/** Fails for streams that are longer than a page. */
class ShortDriver extends DelegatingDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    const length = (await this.head(append))?.length ?? 0
    if (length > 500 && append.ifPosition !== undefined) {
      throw new HarborageError('store_unavailable', 'the stream is too long')
    }
    return super.append(append)
  }
}

/** Returns each page from the entry with which the last one ended. */
class OverlappingDriver extends DelegatingDriver {
  override readPage(page: ReadPage): Promise<readonly LocatedEntry[]> {
    const { after, order } = page
    if (after === undefined) return super.readPage(page)
    const position = order === 'ascending' ? after.position - 1 : after.position + 1
    return super.readPage({ ...page, after: { ...after, position } })
  }
}

/** Reads the first entries in reverse, and not the last ones. */
class ReversingDriver extends DelegatingDriver {
  override async readPage(page: ReadPage): Promise<readonly LocatedEntry[]> {
    const found = await super.readPage({ ...page, order: 'ascending' })
    return page.order === 'ascending' ? found : found.toReversed()
  }
}

export const appendFaults: Readonly<Record<string, readonly BrokenStore[]>> = {
  J1: [
    brokenStore('J1', 'takes an identity without a session', UncheckedStore),
    brokenStore('J1', 'captures entries late', LateStore),
    ...someInexactFaults(
      'appends',
      (isSame): BrokenStore['open'] =>
        (records) =>
          new JournalStore(new InexactDriver(records, isSame)),
    ).map((fault): BrokenStore => ({ guarantee: 'J1', ...fault })),
  ],
  J2: [
    brokenDriver('J2', 'tears batches', TearingDriver),
    brokenDriver('J2', 'answers with an old head', EarlyHeadDriver),
    brokenDriver('J2', 'answers a condition with another time', TwoTimesDriver),
  ],
  J3: [
    brokenDriver('J3', 'does not know the ids of entries', ForgetfulDriver),
    brokenDriver('J3', 'does not compare content', CredulousDriver),
    brokenDriver('J3', 'forgets the ids of trimmed entries', TrimmedIdsDriver),
  ],
  J4: [
    brokenDriver('J4', 'ignores ifPosition', UnconditionalDriver),
    brokenDriver('J4', 'compares and appends in two steps', LookThenAppendDriver),
    brokenDriver('J4', 'rejects a repeated append by its condition', ImpatientDriver),
  ],
  J5: [
    brokenDriver('J5', 'replaces in two steps', TwoStepDriver),
    brokenDriver('J5', 'does not know the ids of replacements', RepeatingDriver),
  ],
  J6: [
    brokenDriver('J6', 'reads the last entry of a page again', OverlappingDriver),
    brokenDriver('J6', 'reads backwards from the beginning', ReversingDriver),
  ],
  J7: [brokenDriver('J7', 'takes no conditional append to a long stream', ShortDriver)],
}
