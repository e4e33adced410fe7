import type { LoadOutcome } from '@harborage/core/kit'
import { slotId, StateStore, type DumpedSlot, type DumpPage, type SlotKey } from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Changes the records of its dumps. */
abstract class ChangingDriver extends DelegatingDriver {
  protected abstract change(slot: DumpedSlot): DumpedSlot

  override async dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]> {
    return (await super.dumpPage(page)).map((slot) => this.change(slot))
  }
}

class ForgetfulDriver extends ChangingDriver {
  protected override change(slot: DumpedSlot): DumpedSlot {
    return { ...slot, replaced: [] }
  }
}

class ShortMemoryDriver extends ChangingDriver {
  protected override change(slot: DumpedSlot): DumpedSlot {
    return { ...slot, replaced: slot.replaced.slice(0, 15) }
  }
}

/** Fills slots with changed records. */
abstract class ChangingLoader extends DelegatingDriver {
  protected abstract change(slot: DumpedSlot): DumpedSlot

  override loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    return super.loadDump(records.map((record) => this.change(record)))
  }
}

class UndatedLoader extends ChangingLoader {
  protected override change(slot: DumpedSlot): DumpedSlot {
    return { ...slot, createdAt: slot.updatedAt }
  }
}

class NewDateLoader extends ChangingLoader {
  protected override change(slot: DumpedSlot): DumpedSlot {
    return { ...slot, updatedAt: new Date() }
  }
}

class UnversionedLoader extends ChangingLoader {
  protected override change(slot: DumpedSlot): DumpedSlot {
    return { ...slot, version: 0 }
  }
}

/** Saves what it loads, as any other record. */
class SavingLoader extends DelegatingDriver {
  override async loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    const outcomes: LoadOutcome[] = []
    for (const { replaced: _, createdAt: __, ...record } of records) {
      const outcome = await this.records.save(record, null).catch(() => 'conflict' as const)
      outcomes.push(outcome === 'saved' ? 'loaded' : outcome === 'conflict' ? outcome : 'unchanged')
    }
    return outcomes
  }
}

class OverwritingLoader extends DelegatingDriver {
  override async loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    const outcomes = await super.loadDump(records)
    const taken = records.filter((_, index) => outcomes[index] === 'conflict')
    for (const { replaced: _, createdAt: __, ...record } of taken) await this.force(record)
    return outcomes
  }
}

class SilentLoader extends DelegatingDriver {
  override async loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    const outcomes = await super.loadDump(records)
    return outcomes.map((outcome) => (outcome === 'conflict' ? 'unchanged' : outcome))
  }
}

class MiscountingLoader extends DelegatingDriver {
  override async loadDump(records: readonly DumpedSlot[]): Promise<readonly LoadOutcome[]> {
    const outcomes = await super.loadDump(records)
    return outcomes.map((outcome) => (outcome === 'unchanged' ? 'loaded' : outcome))
  }
}

/** Dumps slots in the order of another list. */
class KindOrderDriver extends DelegatingDriver {
  override async dumpPage({ after, limit }: DumpPage): Promise<readonly DumpedSlot[]> {
    const all = await super.dumpPage({ after: undefined, limit: 1e6, maxBytes: Infinity })
    const sorted = all.toSorted((one, other) => (one.kind < other.kind ? -1 : 1))
    const from = sorted.findIndex((slot) => after !== undefined && slotId(slot) === slotId(after))
    return sorted.slice(from + 1, from + 1 + limit)
  }
}

/** Begins each page with the owner after the last one. */
class SkippingDriver extends DelegatingDriver {
  override async dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]> {
    const { after } = page
    const found = await super.dumpPage(page)
    return found.filter(({ identity }) => !isSameOwner(identity, after?.identity))
  }
}

class NarrowOnlyDriver extends DelegatingDriver {
  override async dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]> {
    const all = await super.dumpPage({ ...page, limit: 1e6, maxBytes: Infinity })
    return all.filter(({ identity }) => identity.sessionId !== '').slice(0, page.limit)
  }
}

/** Needs the very slot after which a page begins. */
class ExactPlaceDriver extends DelegatingDriver {
  override async dumpPage(page: DumpPage): Promise<readonly DumpedSlot[]> {
    const { after } = page
    const isGone =
      after !== undefined && after.kind !== '' && (await this.records.load(after)) === undefined
    return isGone ? [] : super.dumpPage(page)
  }
}

class UnscopedStore extends StateStore {
  override dump(...[, options]: Parameters<StateStore['dump']>): ReturnType<StateStore['dump']> {
    return super.dump({ maintenanceScoped: true }, options)
  }
}

class WideStore extends StateStore {
  override dump(...[scope, given]: Parameters<StateStore['dump']>): ReturnType<StateStore['dump']> {
    const { within: _, ...options } = given ?? {}
    return super.dump(scope, options)
  }
}

function isSameOwner(left: SlotKey['identity'], right: SlotKey['identity'] | undefined): boolean {
  return (
    left.tenantId === right?.tenantId &&
    left.userId === right.userId &&
    left.sessionId === right.sessionId &&
    left.runId === right.runId
  )
}

export const dumpFaults: readonly BrokenStore[] = [
  brokenDriver('S18', 'dumps no replaced event ids', ForgetfulDriver),
  brokenDriver('S18', 'dumps all replaced event ids but the oldest', ShortMemoryDriver),
  brokenDriver('S18', 'loads the date of the last save as that of the first', UndatedLoader),
  brokenDriver('S18', 'loads slots as of now', NewDateLoader),
  brokenDriver('S18', 'loads slots without their version', UnversionedLoader),
  brokenDriver('S18', 'saves what it loads', SavingLoader),
  brokenDriver('S18', 'overwrites what is in the place of a loaded slot', OverwritingLoader),
  brokenDriver('S18', 'does not tell of a slot that holds something else', SilentLoader),
  brokenDriver('S18', 'counts what was there as loaded', MiscountingLoader),
  brokenDriver('S18', 'dumps in the order of kinds', KindOrderDriver),
  brokenDriver('S18', 'skips the rest of an owner at the end of a page', SkippingDriver),
  brokenDriver('S18', 'dumps no slots of users and tenants', NarrowOnlyDriver),
  brokenDriver('S18', 'does not go on after a slot that is gone', ExactPlaceDriver),
  brokenStore('S18', 'dumps without the maintenance scope', UnscopedStore),
  brokenStore('S18', 'dumps more than a subtree', WideStore),
]
