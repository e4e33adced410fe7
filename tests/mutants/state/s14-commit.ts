import { HarborageError, isHarborageError, type CallOptions } from '@harborage/core'
import { turns } from '@harborage/test-kit/turns'
import {
  decideCommit,
  StateStore,
  type CheckedPrefix,
  type CheckedTransaction,
  type CommitOutcome,
  type NewStateRecord,
  type SaveIfEmptyOutcome,
  type SlotKey,
  type StateTransaction,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const nothing = { expect: [], save: [], saveIfEmpty: [], delete: [], deletePrefix: [] }

/** Changes each commit before it is made. */
abstract class ChangingDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return super.commit({ ...transaction, ...(await this.change(transaction)) })
  }

  protected abstract change(
    transaction: CheckedTransaction,
  ): Partial<CheckedTransaction> | Promise<Partial<CheckedTransaction>>

  protected slotsUnder(prefixes: readonly CheckedPrefix[]): SlotKey[] {
    return prefixes.flatMap((prefix) => [...this.records.slotsUnder(prefix)])
  }
}

/** Saves into full slots, too. */
class OverwritingDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const { save, saveIfEmpty } = transaction
    const all = { ...transaction, save: [...save, ...saveIfEmpty], saveIfEmpty: [] }
    const outcome = await super.commit(all)
    if (outcome.repeated) return { ...outcome, save: outcome.save.slice(0, save.length) }
    const filled = outcome.save.slice(save.length).map((each) => (each === 'saved' ? each : 'kept'))
    return { ...outcome, save: outcome.save.slice(0, save.length), saveIfEmpty: filled }
  }
}

/** Looks whether slots are empty before it commits. */
class LookingFirstDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const { outcome, write, remove } = decideCommit(this.records, transaction)
    await turns(1)
    await this.records.commit({ ...nothing, save: write, delete: remove })
    return outcome
  }
}

class PrefixlessDriver extends ChangingDriver {
  protected override change(): Partial<CheckedTransaction> {
    return { deletePrefix: [] }
  }
}

/** Empties what the commit saves, too, before it saves that. */
class UnsparingDriver extends ChangingDriver {
  protected override async change({
    deletePrefix,
  }: CheckedTransaction): Promise<Partial<CheckedTransaction>> {
    await this.records.commit({ ...nothing, delete: this.slotsUnder(deletePrefix) })
    return { deletePrefix: [] }
  }
}

/** Finds the slots under the prefixes, and empties them later. */
class FindingFirstDriver extends ChangingDriver {
  protected override async change({
    save,
    saveIfEmpty,
    delete: deletions,
    deletePrefix,
  }: CheckedTransaction): Promise<Partial<CheckedTransaction>> {
    if (deletePrefix.length === 0) return {}
    const named = new Set([...save, ...saveIfEmpty, ...deletions].map(({ kind }) => kind))
    const found = this.slotsUnder(deletePrefix).filter(({ kind }) => !named.has(kind))
    await turns(3)
    return { delete: [...deletions, ...found], deletePrefix: [] }
  }
}

/** Takes the prefix for that of all runs. */
class RunlessDriver extends ChangingDriver {
  protected override change({ deletePrefix }: CheckedTransaction): Partial<CheckedTransaction> {
    const inSession = deletePrefix.map(({ identity, kindPrefix }) => ({
      identity: { ...identity, runId: '' },
      kindPrefix,
    }))
    return { deletePrefix: [...deletePrefix, ...inSession] }
  }
}

/** Empties each prefix by a commit of its own, so that each has its own bound. */
export class PrefixByPrefixDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const [first, ...others] = transaction.deletePrefix
    if (first === undefined || others.length === 0) return super.commit(transaction)
    const outcome = await super.commit({ ...transaction, deletePrefix: [first] })
    if (outcome.repeated) return outcome
    let { deleted } = outcome
    for (const prefix of others) {
      const next = await super.commit({ ...nothing, deletePrefix: [prefix] })
      if (!next.repeated) deleted += next.deleted
    }
    return { ...outcome, deleted }
  }
}

class UncountingDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const outcome = await super.commit(transaction)
    return outcome.repeated ? outcome : { ...outcome, deleted: transaction.delete.length }
  }
}

/** Empties prefixes again when a commit is repeated. */
class RepeatingDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const outcome = await super.commit(transaction)
    if (outcome.repeated) await super.commit({ ...transaction, save: [], saveIfEmpty: [] })
    return outcome
  }
}

/** Loses which entry an error is about. */
class NamelessStore extends StateStore {
  override async commit(
    transaction: StateTransaction,
    options?: CallOptions,
  ): Promise<CommitOutcome> {
    try {
      return await super.commit(transaction, options)
    } catch (error) {
      if (isHarborageError(error)) throw new HarborageError(error.code, error.message)
      throw error
    }
  }
}

/** Takes a record that a slot replaced for one that it holds. */
class RememberingStore extends StateStore {
  override async saveIfEmpty(record: NewStateRecord): Promise<SaveIfEmptyOutcome> {
    const outcome = await this.save(record, { ifEventId: null }).catch((error: unknown) => {
      if (isHarborageError(error, 'condition_failed')) return 'kept' as const
      throw error
    })
    return outcome === 'superseded' ? 'unchanged' : outcome
  }
}

export const commitManyFaults: readonly BrokenStore[] = [
  brokenDriver('S14', 'saves into full slots what is for empty ones', OverwritingDriver),
  brokenDriver('S14', 'decides about a commit before it applies it', LookingFirstDriver),
  brokenDriver('S14', 'ignores the prefixes of a commit', PrefixlessDriver),
  brokenDriver('S14', 'empties what the commit itself saves', UnsparingDriver),
  brokenDriver('S14', 'finds the slots of a prefix before the commit', FindingFirstDriver),
  brokenDriver('S14', 'empties the slots of the session, too', RunlessDriver),
  brokenDriver('S14', 'does not count the slots under a prefix', UncountingDriver),
  brokenDriver('S14', 'empties prefixes again for a repeated commit', RepeatingDriver),
  brokenStore('S14', 'does not say which entry an error is about', NamelessStore),
  brokenStore('S14', 'takes a replaced record for the one that is held', RememberingStore),
]
