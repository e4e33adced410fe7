import type { CallOptions, RunIdentity } from '@harborage/core'
import {
  MemoryStore,
  type Conversation,
  type ConversationTurn,
  type HeldMemory,
  type MemoryChange,
  type MemoryRules,
  type ReadSet,
  type Summarizer,
} from '@harborage/memory'
import { brokenDriver, brokenRules, brokenStore, type BrokenStore } from './broken-store.ts'
import { DelegatingDriver } from './delegating-driver.ts'

class WaitingStore extends MemoryStore {
  override async addTurn(
    identity: RunIdentity,
    turn: ConversationTurn,
    options?: CallOptions,
  ): Promise<void> {
    await super.addTurn(identity, turn, options)
    await this.settled(identity)
  }
}

class ReadingStore extends MemoryStore {
  override async getLlmContext(...args: Parameters<MemoryStore['getLlmContext']>) {
    await this.settled(args[0])
    return super.getLlmContext(...args)
  }
}

class HastyStore extends MemoryStore {
  override async compact(identity: RunIdentity, options?: CallOptions): Promise<void> {
    await super.estimateTokens(identity, options)
  }

  override async settled(): Promise<void> {}
}

/** Removes the turns as soon as a fold of them begins. */
class EagerDriver extends DelegatingDriver {
  protected override spoil<Result>(
    change: MemoryChange<Result>,
    held: HeldMemory,
  ): MemoryChange<Result> {
    const last = held.oldest[0]
    const isClaim =
      held.header?.foldClaimId === undefined && change.header?.foldClaimId !== undefined
    if (!isClaim || last === undefined) return change
    return { ...change, removeThrough: last.position }
  }
}

/** Writes the summary without removing the folded turns. */
class DoublingDriver extends DelegatingDriver {
  protected override spoil<Result>(change: MemoryChange<Result>): MemoryChange<Result> {
    if (change.summary === undefined) return change
    const { removeThrough: _, ...rest } = change
    return rest
  }
}

/** Lets all stores fold at any time. */
class AnarchicDriver extends DelegatingDriver {
  protected override spoil<Result>(
    change: MemoryChange<Result>,
    held: HeldMemory,
  ): MemoryChange<Result> {
    return super.spoil(change, held)
  }

  override change<Result>(
    identity: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    // Only a claim reads the header, and finds the claim of another store there.
    return super.change(identity, readSet, (held) => {
      const isClaim = readSet.summary === true && held.header !== undefined
      return decide(
        isClaim ? { ...held, header: { ...held.header, foldClaimId: undefined } } : held,
      )
    })
  }
}

class ForgetfulDriver extends DelegatingDriver {
  override async read(identity: Required<RunIdentity>): Promise<Conversation> {
    return { ...(await super.read(identity)), summary: '' }
  }
}

function summarizing(
  change: (request: Parameters<Summarizer['summarize']>[1]) => typeof request,
): (rules: MemoryRules) => MemoryRules {
  return ({ summarizer, ...rules }) => ({
    ...rules,
    ...(summarizer && {
      summarizer: {
        summarize: (identity, request, options) =>
          summarizer.summarize(identity, change(request), options),
      },
    }),
  })
}

export const rollingSummaryFaults: readonly BrokenStore[] = [
  brokenStore('lets addTurn wait for the summarizer', WaitingStore),
  brokenStore('lets reads wait for the summarizer', ReadingStore),
  brokenStore('does not wait in compact and settled', HastyStore),
  brokenDriver('removes a turn before it is folded', EagerDriver),
  brokenDriver('keeps turns after they are folded', DoublingDriver),
  brokenDriver('lets several stores fold at the same time', AnarchicDriver),
  brokenDriver('returns no summary', ForgetfulDriver),
  brokenRules(
    'folds the newest turns first',
    summarizing((request) => ({ ...request, turns: request.turns.toReversed() })),
  ),
  brokenRules(
    'forgets the previous summary',
    summarizing((request) => ({ ...request, previousSummary: '' })),
  ),
  brokenRules('keeps one turn more than configured', (rules) => ({
    ...rules,
    recentTurns: (rules.recentTurns ?? 4) + 1,
  })),
  brokenRules('opens without a summarizer', (rules) => ({
    summarizer: { summarize: async () => ({ summary: '' }) },
    ...rules,
  })),
]
