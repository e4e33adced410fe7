import type { LoadOutcome } from '@harborage/core/kit'
import { JournalStore, type DumpedRecord, type JournalDumpPage } from '@harborage/journal'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

/** Leaves out some of the records of its dumps. */
abstract class SkippingDriver extends DelegatingDriver {
  protected abstract skips(record: DumpedRecord): boolean

  override async dumpPage(page: JournalDumpPage): Promise<readonly DumpedRecord[]> {
    const all = await super.dumpPage({ ...page, limit: 1_000_000, maxBytes: Infinity })
    return all.filter((record) => !this.skips(record)).slice(0, page.limit)
  }
}

class ForgetfulDriver extends SkippingDriver {
  protected override skips({ kind }: DumpedRecord): boolean {
    return kind === 'dropped'
  }
}

class UnreplacedDriver extends SkippingDriver {
  protected override skips({ kind }: DumpedRecord): boolean {
    return kind === 'replacement'
  }
}

class NarrowOnlyDriver extends SkippingDriver {
  protected override skips({ owner }: DumpedRecord): boolean {
    return owner.sessionId === ''
  }
}

/** Changes what it loads. */
abstract class ChangingLoader extends DelegatingDriver {
  protected abstract change(record: DumpedRecord): DumpedRecord

  override loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]> {
    return super.loadDump(records.map((record) => this.change(record)))
  }
}

class NewGenerationLoader extends ChangingLoader {
  protected override change(record: DumpedRecord): DumpedRecord {
    return { ...record, generation: `${record.generation}2` }
  }
}

class NoOperationsLoader extends ChangingLoader {
  protected override change(record: DumpedRecord): DumpedRecord {
    return record.kind === 'stream' ? { ...record, operations: [] } : record
  }
}

class NewDateLoader extends ChangingLoader {
  protected override change(record: DumpedRecord): DumpedRecord {
    return record.kind === 'entry' ? { ...record, createdAt: new Date(0) } : record
  }
}

class SilentLoader extends DelegatingDriver {
  override async loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]> {
    const outcomes = await super.loadDump(records)
    return outcomes.map((outcome) => (outcome === 'conflict' ? 'unchanged' : outcome))
  }
}

class MiscountingLoader extends DelegatingDriver {
  override async loadDump(records: readonly DumpedRecord[]): Promise<readonly LoadOutcome[]> {
    const outcomes = await super.loadDump(records)
    return outcomes.map((outcome) => (outcome === 'unchanged' ? 'loaded' : outcome))
  }
}

/** Goes on with the next stream at the end of a page. */
class NextStreamDriver extends DelegatingDriver {
  override async dumpPage(page: JournalDumpPage): Promise<readonly DumpedRecord[]> {
    const { after } = page
    const all = await super.dumpPage({ ...page, limit: 1_000_000, maxBytes: Infinity })
    return all.filter(({ generation }) => generation !== after?.generation).slice(0, page.limit)
  }
}

class WideStore extends JournalStore {
  override dump(
    ...[scope, given]: Parameters<JournalStore['dump']>
  ): ReturnType<JournalStore['dump']> {
    const { within: _, ...options } = given ?? {}
    return super.dump(scope, options)
  }
}

export const dumpFaults: readonly BrokenStore[] = [
  brokenDriver('J12', 'dumps no ids of dropped entries', ForgetfulDriver),
  brokenDriver('J12', 'dumps no replacements', UnreplacedDriver),
  brokenDriver('J12', 'dumps no streams of users and tenants', NarrowOnlyDriver),
  brokenDriver('J12', 'loads streams under new generations', NewGenerationLoader),
  brokenDriver('J12', 'loads no operation ids', NoOperationsLoader),
  brokenDriver('J12', 'loads entries as of another date', NewDateLoader),
  brokenDriver('J12', 'does not tell of a record that is something else', SilentLoader),
  brokenDriver('J12', 'counts what was there as loaded', MiscountingLoader),
  brokenDriver('J12', 'skips the rest of a stream at the end of a page', NextStreamDriver),
  brokenStore('J12', 'dumps more than a subtree', WideStore),
]
