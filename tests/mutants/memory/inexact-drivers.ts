import type { RunIdentity } from '@harborage/core'
import {
  MemoryStore,
  parseMemoryRules,
  type HeldMemory,
  type InMemoryMemoryDriver,
  type MemoryChange,
  type ReadSet,
} from '@harborage/memory'
import { hasSameParts, inexactFaults, type CompareNames } from '../inexact-names.ts'
import type { BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

const parts = ['tenantId', 'userId', 'sessionId', 'runId'] as const

/** Erases every conversation whose names it confuses with those of the erased one. */
class InexactErasing extends DelegatingDriver {
  readonly #isSame: CompareNames
  readonly #known: Required<RunIdentity>[] = []

  constructor(records: InMemoryMemoryDriver, isSame: CompareNames) {
    super(records)
    this.#isSame = isSame
  }

  override async change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    let erasing: MemoryChange<Result> | undefined
    const result = await super.change(identity, readSet, (held) => {
      const change = decide(held)
      erasing = change.erase === true ? change : undefined
      return change
    })
    if (erasing === undefined) this.#known.push(identity)
    else await this.#eraseAll(identity, erasing)
    return result
  }

  async #eraseAll(identity: Required<RunIdentity>, change: MemoryChange<unknown>): Promise<void> {
    for (const known of this.#known) {
      if (!hasSameParts(this.#isSame, known, identity, parts)) continue
      await this.records.change(known, {}, () => change)
    }
  }
}

export const inexactErasing: readonly BrokenStore[] = inexactFaults(
  'erases a conversation',
  (isSame): BrokenStore['open'] =>
    (records, rules) =>
      new MemoryStore(new InexactErasing(records, isSame), { rules: parseMemoryRules(rules) }),
)
