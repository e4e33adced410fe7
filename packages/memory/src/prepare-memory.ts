import { isHarborageError, type Part, type RunIdentity } from '@harborage/core'
import { type CallGate, checkRunIdentity, makePart } from '@harborage/core/kit'
import type { ConversationTurn } from './conversation.ts'
import { checkStrategy } from './internal/check-strategy.ts'
import {
  decideAddTurn,
  turnsToRead,
  type Added,
  type RetentionRules,
} from './internal/decide-add-turn.ts'
import type { FoldScheduler } from './internal/fold-scheduler.ts'
import type { MemoryCalls } from './internal/memory-calls.ts'
import { publishRejection } from './internal/reject-identity.ts'
import { checkTurn, type GivenTurn } from './internal/turn-text.ts'
import type { HeldMemory, MemoryChange, MemoryDriver, MemoryPart } from './memory-driver.ts'
import type { MemoryEvents } from './memory-events.ts'
import { turnTokens, type TokenEstimator } from './token-estimator.ts'

/** What preparing needs of a store. */
interface Preparing {
  readonly driver: MemoryDriver
  readonly gate: CallGate
  readonly calls: MemoryCalls
  readonly events: MemoryEvents
  /** `undefined` if nothing is folded. */
  readonly folds: FoldScheduler | undefined
  readonly retention: RetentionRules
  readonly tokenEstimator: TokenEstimator
}

/**
 * Prepares calls of a `MemoryStore` as parts of steps, for `commitTogether`. Each method checks and
 * captures its arguments at once, and writes nothing. It throws what the method of the store with
 * the same name rejects with.
 */
export class MemoryPreparations {
  readonly #store: Preparing

  /** @internal */
  constructor(store: Preparing) {
    this.#store = store
  }

  /**
   * Prepares `MemoryStore.addTurn`. Turns of one conversation are added in the order of the parts
   * of a step. Their events are published, and folding begins, after the commit.
   */
  addTurn(identity: RunIdentity, turn: ConversationTurn): Part<void> {
    const { gate, events } = this.#store
    try {
      return gate.read('prepare.addTurn', () => this.#addTurn(checkRunIdentity(identity), turn))
    } catch (error) {
      if (isHarborageError(error)) publishRejection(events, 'addTurn', identity, error)
      throw error
    }
  }

  #addTurn(owner: Required<RunIdentity>, turn: ConversationTurn): Part<void> {
    const { driver, gate, calls, retention, tokenEstimator } = this.#store
    const checked = checkTurn(turn)
    const { turnId, text } = checked
    const tokens = turnTokens(tokenEstimator, checked.turn, text)
    const isKept = retention.strategy !== 'none'
    const decide = isKept ? decideAddTurn(checked, tokens, retention) : keepNothing
    const payload: MemoryPart = {
      identity: owner,
      readSet: isKept
        ? { turnId, oldestTurns: (seen) => turnsToRead(seen, tokens, retention) }
        : {},
      decide: (held) => {
        checkStrategy(held.header, retention.strategy)
        return decide(held)
      },
    }
    return makePart({
      side: driver.steps,
      operation: 'memory.addTurn',
      owners: [owner],
      bytes: isKept ? Buffer.byteLength(text) : 0,
      contentOf: () => [contentOfTurn(checked)],
      needsStepId: false,
      payload: () => payload,
      alone: async () => {
        if (isKept) return calls.change<unknown>(owner, payload.readSet, decide)
        await calls.header(owner)
        return undefined
      },
      answerOf: () => {},
      readAnswer: () => {},
      // The results are those of `decide`.
      committed: (result) => this.#committed(owner, result as Added | undefined),
      gate,
    })
  }

  #committed(owner: Required<RunIdentity>, added: Added | undefined): void {
    if (added === undefined) return
    const { events, folds } = this.#store
    events.healthChanged(owner, added.steps)
    if (added.droppedTurns > 0) events.recoveryDropped(owner, added.droppedTurns)
    folds?.touch(owner, added.header)
  }
}

function keepNothing(_held: HeldMemory): MemoryChange<undefined> {
  return { result: undefined }
}

/** Returns a turn as JSON, without what differs when it is prepared again. */
function contentOfTurn({ turn, turnId, isIdGiven }: GivenTurn): string {
  const { userMessage, assistantResponse } = turn
  const { trajectoryDigest, artifactsShown, artifactsHiddenRefs } = turn
  return JSON.stringify([
    isIdGiven ? turnId : null,
    userMessage,
    assistantResponse,
    trajectoryDigest ?? null,
    artifactsShown ?? null,
    artifactsHiddenRefs ?? null,
  ])
}
