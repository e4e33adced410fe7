import { setTimeout } from 'node:timers/promises'
import { types } from 'node:util'
import type { EventId } from '@harborage/core'
import type { LoadOutcome } from '@harborage/core/kit'
import {
  JournalStore,
  type AppendResult,
  type CheckedAppend,
  type CheckedTouch,
  type DumpedRecord,
  type DumpedStream,
  type Entry,
  type FoundStream,
  type LocatedEntry,
  type ReadPage,
  type StreamHead,
  type StreamKey,
  type StreamsPage,
  type StreamSubscription,
} from '@harborage/journal'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const ALL = { limit: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY }

/** Longer than the calls of a race take in memory. */
const LATE_MS = 5

/** A driver that is to be broken about what has expired. */
abstract class ExpiryDriver extends DelegatingDriver {
  /** Resolves to the records of a stream, whether or not it has expired. */
  protected async recordsOf(key: StreamKey): Promise<readonly DumpedRecord[]> {
    const all = await this.records.dumpPage({ after: undefined, ...ALL })
    return all.filter((each) => isSame(each, key))
  }

  protected async held(key: StreamKey): Promise<StreamHead | undefined> {
    const head = (await this.recordsOf(key)).find((each) => each.kind === 'stream')
    return head && { generation: head.generation, ...head.head }
  }

  protected async isHidden(key: StreamKey): Promise<boolean> {
    return (await this.held(key)) !== undefined && (await this.records.head(key)) === undefined
  }

  /** Gives a stream another expiry, whether or not it has expired. */
  protected async revive(key: StreamKey, expiresAt: Date | undefined): Promise<void> {
    const records = await this.recordsOf(key)
    await this.records.delete(key)
    await this.records.loadDump(
      records.map((each) => (each.kind === 'stream' ? withExpiry(each, expiresAt) : each)),
    )
  }
}

class ForgetfulDriver extends ExpiryDriver {
  override append(append: CheckedAppend): Promise<AppendResult> {
    return super.append({ ...append, expiresAt: undefined })
  }
}

class EndingDriver extends ExpiryDriver {
  override append(append: CheckedAppend): Promise<AppendResult> {
    return super.append({ ...append, expiresAt: append.expiresAt ?? null })
  }
}

class SpellboundDriver extends ExpiryDriver {
  override append(append: CheckedAppend): Promise<AppendResult> {
    return super.append({ ...append, expiresAt: append.expiresAt ?? undefined })
  }
}

class HeadingDriver extends ExpiryDriver {
  override head(key: StreamKey): Promise<StreamHead | undefined> {
    return this.held(key)
  }
}

class ReadingDriver extends ExpiryDriver {
  override async readPage(page: ReadPage): Promise<readonly LocatedEntry[]> {
    const head = await this.held(page)
    if (head === undefined || page.after !== undefined) return super.readPage(page)
    const position = page.order === 'ascending' ? 0 : Number.MAX_SAFE_INTEGER
    return super.readPage({ ...page, after: { generation: head.generation, position } })
  }
}

class GettingDriver extends ExpiryDriver {
  override async get(
    key: StreamKey,
    entryIds: readonly EventId[],
  ): Promise<readonly (Entry | undefined)[]> {
    const records = await this.recordsOf(key)
    return entryIds.map((entryId) => {
      const found = records.find((each) => each.kind === 'entry' && each.entryId === entryId)
      return found?.kind === 'entry' ? found : undefined
    })
  }
}

class WalkingDriver extends ExpiryDriver {
  override streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    return super.streamsPage({ ...page, withExpired: true })
  }
}

/** Fills a page before it leaves out what has expired. */
class ShortPagesDriver extends ExpiryDriver {
  override async streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    const found = await super.streamsPage({ ...page, withExpired: true })
    return page.withExpired ? found : found.filter(({ isExpired }) => !isExpired)
  }
}

/** Does not wake a follower when its stream expires. */
class SleepyDriver extends ExpiryDriver {
  override watch(key: StreamKey): StreamSubscription {
    const subscription = super.watch(key)
    return {
      next: async (seen) => {
        await subscription.next(seen)
        if (await this.isHidden(key)) await Promise.withResolvers<void>().promise
      },
      close: () => subscription.close(),
    }
  }
}

/** Hides what has expired by the clock of the process. */
class OwnClockDriver extends ExpiryDriver {
  override async readPage(page: ReadPage): Promise<readonly LocatedEntry[]> {
    const head = await this.held(page)
    const isExpired = head?.expiresAt !== undefined && head.expiresAt <= new Date()
    return isExpired ? [] : super.readPage(page)
  }
}

class TrimmingDriver extends ExpiryDriver {
  override async trim(key: StreamKey, before: number): Promise<number> {
    if (await this.isHidden(key)) await this.revive(key, undefined)
    return super.trim(key, before)
  }
}

/** Goes on with what has expired. */
class ContinuingDriver extends ExpiryDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    if (await this.isHidden(append)) await this.revive(append, undefined)
    return super.append(append)
  }
}

/** Deletes what has expired before it appends, as a cache does. */
class EvictingDriver extends ExpiryDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    if (await this.isHidden(append)) await this.records.delete(append)
    return super.append(append)
  }
}

/** Takes a repeated append to what has expired for a sign of life. */
class RevivingDriver extends ExpiryDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    const result = await super.append(append)
    if (await this.isHidden(append)) {
      const isRetry = result.entries.every(({ outcome }) => outcome !== 'appended')
      if (isRetry) await this.revive(append, append.expiresAt ?? undefined)
    }
    return result
  }
}

/** Takes the position that a stream had before its expiry for that of its head. */
class LenientDriver extends ExpiryDriver {
  override async append(append: CheckedAppend): Promise<AppendResult> {
    const held = await this.held(append)
    const isLast = held?.position === append.ifPosition && (await this.isHidden(append))
    return super.append({ ...append, ifPosition: isLast ? 0 : append.ifPosition })
  }
}

class ForgetfulLoader extends ExpiryDriver {
  override loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]> {
    return super.loadDump(
      records.map((each) => (each.kind === 'stream' ? withExpiry(each, undefined) : each)),
    )
  }
}

class RevivingTouchDriver extends ExpiryDriver {
  override async touch(touch: CheckedTouch): Promise<boolean> {
    if (!(await this.isHidden(touch))) return super.touch(touch)
    await this.revive(touch, touch.expiresAt)
    return true
  }
}

class CarelessTouchDriver extends ExpiryDriver {
  override async touch(touch: CheckedTouch): Promise<boolean> {
    return super.touch({ ...touch, ifHead: (await this.head(touch)) ?? touch.ifHead })
  }
}

class FutileTouchDriver extends ExpiryDriver {
  override async touch(touch: CheckedTouch): Promise<boolean> {
    return super.touch({ ...touch, expiresAt: (await this.head(touch))?.expiresAt })
  }
}

/** Touches the streams of the name of all owners. */
class WideTouchDriver extends ExpiryDriver {
  override async touch(touch: CheckedTouch): Promise<boolean> {
    const { stream, expiresAt } = touch
    const isTouched = await super.touch(touch)
    for (const { owner } of await this.records.dumpPage({ after: undefined, ...ALL })) {
      const ifHead = await this.records.head({ owner, stream })
      const isOfTenant = owner.tenantId === touch.owner.tenantId
      if (isOfTenant && ifHead !== undefined) {
        await this.records.touch({ owner, stream, ifHead, expiresAt })
      }
    }
    return isTouched
  }
}

class BlindPruneDriver extends ExpiryDriver {
  override async streamsPage(page: StreamsPage): Promise<readonly FoundStream[]> {
    const found = await super.streamsPage(page)
    return found.map((each) => ({ ...each, isExpired: false }))
  }
}

/** Deletes a stream, late, whatever became of it since. */
class HastyPruneDriver extends ExpiryDriver {
  override async delete(key: StreamKey): Promise<boolean> {
    await setTimeout(LATE_MS)
    return super.delete(key)
  }
}

/** Prunes what has expired, also if it is told to keep it. */
class DeterminedStore extends JournalStore {
  override prune(
    ...[subtree, given]: Parameters<JournalStore['prune']>
  ): ReturnType<JournalStore['prune']> {
    const { expired: _, ...options } = given ?? {}
    return super.prune(subtree, options)
  }
}

/** Takes what is no expiry for none. */
class UncheckedStore extends JournalStore {
  override append(
    ...[owner, stream, entries, given]: Parameters<JournalStore['append']>
  ): ReturnType<JournalStore['append']> {
    const { expiresAt, ...options } = given ?? {}
    const isSound = types.isDate(expiresAt) && expiresAt.getTime() > 0
    return super.append(owner, stream, entries, isSound ? { ...options, expiresAt } : options)
  }
}

function isSame(left: StreamKey, right: StreamKey): boolean {
  return JSON.stringify([left.owner, left.stream]) === JSON.stringify([right.owner, right.stream])
}

function withExpiry(record: DumpedStream, expiresAt: Date | undefined): DumpedStream {
  return { ...record, head: { ...record.head, expiresAt } }
}

export const expiryFaults: readonly BrokenStore[] = [
  brokenDriver('J14', 'forgets when a stream expires', ForgetfulDriver),
  brokenDriver('J14', 'ends an expiry with the next append', EndingDriver),
  brokenDriver('J14', 'cannot end an expiry', SpellboundDriver),
  brokenDriver('J14', 'returns the head of what has expired', HeadingDriver),
  brokenDriver('J14', 'reads what has expired', ReadingDriver),
  brokenDriver('J14', 'gets entries of what has expired', GettingDriver),
  brokenDriver('J14', 'walks over what has expired', WalkingDriver),
  brokenDriver('J14', 'ends a walk early where streams have expired', ShortPagesDriver),
  brokenDriver('J14', 'does not wake a follower when its stream expires', SleepyDriver),
  brokenDriver('J14', 'tells the time of the process instead of the database', OwnClockDriver),
  brokenDriver('J14', 'trims what has expired', TrimmingDriver),
  brokenDriver('J14', 'goes on with what has expired', ContinuingDriver),
  brokenDriver('J14', 'forgets the ids of what has expired', EvictingDriver),
  brokenDriver('J14', 'revives a stream by a repeated append', RevivingDriver),
  brokenDriver('J14', 'takes the last position of what has expired', LenientDriver),
  brokenDriver('J14', 'loads a stream without its expiry', ForgetfulLoader),
  brokenDriver('J14', 'revives a stream by touch', RevivingTouchDriver),
  brokenDriver('J14', 'touches a stream with another head', CarelessTouchDriver),
  brokenDriver('J14', 'does not touch', FutileTouchDriver),
  brokenDriver('J14', 'touches the streams of other owners', WideTouchDriver),
  brokenDriver('J14', 'does not prune what has expired', BlindPruneDriver),
  brokenDriver('J14', 'prunes what was begun anew meanwhile', HastyPruneDriver),
  brokenStore('J14', 'prunes what has expired against its options', DeterminedStore),
  brokenStore('J14', 'takes any expiry', UncheckedStore),
]
