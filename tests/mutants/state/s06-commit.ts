import { HarborageError } from '@harborage/core'
import {
  decideCommit,
  slotId,
  type CheckedTransaction,
  type CommitOutcome,
  type Condition,
  type SaveOutcome,
  type StateRecord,
} from '@harborage/state'
import { brokenDriver, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'
import { turns } from '@harborage/test-kit/turns'
import { UncheckedStore } from './unchecked-store.ts'

/** Checks the expectations, then applies one change after the other. */
class PiecemealDriver extends DelegatingDriver {
  override async commit({
    expect,
    save,
    delete: slots,
  }: CheckedTransaction): Promise<CommitOutcome> {
    for (const { eventId, ...slot } of expect) {
      const held = await this.load(slot)
      if ((held?.eventId ?? null) !== eventId)
        throw new HarborageError('condition_failed', 'not as expected')
    }
    const outcomes: SaveOutcome[] = []
    for (const record of save) {
      outcomes.push(await this.save(record, undefined))
      await turns(1)
    }
    for (const slot of slots) await this.delete(slot, undefined)
    return applied(outcomes)
  }
}

class ExpectationlessDriver extends DelegatingDriver {
  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return super.commit({ ...transaction, expect: [] })
  }
}

class DeletelessDriver extends DelegatingDriver {
  override commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return super.commit({ ...transaction, delete: [] })
  }
}

/** Decides before it applies, without a transaction. */
class DecideThenApplyDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const { outcome, write, remove } = decideCommit(this.records, transaction)
    await turns(1)
    for (const slot of remove) await this.records.delete(slot, undefined)
    for (const record of write) await this.records.save(record, undefined)
    return outcome
  }
}

/** Reads the slots of a commit one after the other, so its decision may fit no moment. */
class SlowlyReadingDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const held = new Map<string, StateRecord | undefined>()
    for (const slot of [...transaction.expect, ...transaction.save]) {
      held.set(slotId(slot), await this.load(slot))
      await turns(1)
    }
    decideCommit(
      {
        generationOf: (slot) => {
          const record = held.get(slotId(slot))
          return record && { ...record, isExpired: false, hasReplaced: () => false }
        },
        isHeldElsewhere: () => false,
        slotsUnder: () => [],
      },
      transaction,
    )
    return super.commit(transaction)
  }
}

/** Applies a commit again that was applied before. */
class RepeatingDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    await this.records.commit({ ...transaction, save: [] })
    for (const record of transaction.save) await this.force(record)
    return applied(transaction.save.map(() => 'saved'))
  }
}

/** Fails while another commit is running. */
class OneAtATimeDriver extends DelegatingDriver {
  #isBusy = false

  override async save(record: StateRecord, condition: Condition): Promise<SaveOutcome> {
    return this.#alone(() => super.save(record, condition))
  }

  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    return this.#alone(() => super.commit(transaction))
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isBusy) throw new HarborageError('store_unavailable', 'another commit is under way')
    this.#isBusy = true
    try {
      await turns(1)
      return await work()
    } finally {
      this.#isBusy = false
    }
  }
}

/** Applies only the first saves of a commit. */
class FewSavesDriver extends DelegatingDriver {
  override async commit(transaction: CheckedTransaction): Promise<CommitOutcome> {
    const outcome = await super.commit({ ...transaction, save: transaction.save.slice(0, 1) })
    const save = transaction.save.map((_, index) => outcome.save[index] ?? 'saved')
    return { ...outcome, save }
  }
}

function applied(save: readonly SaveOutcome[]): CommitOutcome {
  return { repeated: false, save, saveIfEmpty: [], deleted: 0 }
}

export const commitFaults: readonly BrokenStore[] = [
  brokenDriver('S6', 'applies one change of a commit after the other', PiecemealDriver),
  brokenDriver('S6', 'ignores what a commit expects', ExpectationlessDriver),
  brokenDriver('S6', 'ignores what a commit deletes', DeletelessDriver),
  brokenDriver(
    'S6',
    'decides about a commit before it applies it, without a transaction',
    DecideThenApplyDriver,
  ),
  brokenDriver(
    'S6',
    'decides about a commit by slots that it reads one after the other',
    SlowlyReadingDriver,
  ),
  brokenDriver('S6', 'applies a commit again', RepeatingDriver),
  brokenDriver('S6', 'fails while another commit is running', OneAtATimeDriver),
  brokenDriver('S6', 'applies only the first save of a commit', FewSavesDriver),
  brokenStore('S6', 'accepts malformed transactions', UncheckedStore),
]
