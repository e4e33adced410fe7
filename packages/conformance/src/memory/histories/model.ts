import type { ConversationTurn, ForgetOutcome } from '@harborage/memory'
import { SEPARATOR } from '../support/summarizers.ts'

/** The rules that the model depends on. */
export interface ModelRules {
  readonly strategy: 'truncation' | 'rolling_summary'
  readonly budgetTokens: number
  readonly recentTurns: number
}

/** The context that a store has to return. */
export interface ExpectedContext {
  readonly summary: string
  readonly texts: readonly string[]
  readonly tokens: number
}

/** Returns the cost of a text in histories. */
export function tokensOf(text: string): number {
  return text.length
}

/** Returns the end of a text, of at most `tokens` tokens. */
export function endOf(text: string, tokens: number = Number.POSITIVE_INFINITY): string {
  return text.slice(Math.max(text.length - tokens, 0))
}

/** A model of a conversation once everything has settled, as the guarantees describe it. */
export class ModelConversation {
  readonly #rules: ModelRules
  #exists = false
  #said: readonly ConversationTurn[] = []
  #forgotten: readonly ConversationTurn[] = []
  #folded: readonly string[] = []
  #turns: readonly ConversationTurn[] = []

  constructor(rules: ModelRules) {
    this.#rules = rules
  }

  /** Returns the turns whose retries have to change nothing, newest first. */
  get retriable(): readonly ConversationTurn[] {
    return this.#said.toReversed()
  }

  /**
   * Whether the model knows which turns are kept. Which ones are dropped beyond a budget, and when,
   * is the choice of the store.
   */
  get canForget(): boolean {
    const { strategy, budgetTokens } = this.#rules
    return strategy === 'rolling_summary' || budgetTokens === 0
  }

  add(turn: ConversationTurn): void {
    this.#exists = true
    if (this.#said.includes(turn)) return
    this.#said = [...this.#said, turn]
    this.#turns = [...this.#turns, turn]
    this.#fold()
  }

  /** Returns whether there was a conversation. */
  reset(): boolean {
    const existed = this.#exists
    this.#exists = false
    this.#forgotten = []
    this.#said = []
    this.#folded = []
    this.#turns = []
    return existed
  }

  /** Removes a turn that was said. */
  forget(turn: ConversationTurn): ForgetOutcome {
    if (this.#turns.includes(turn)) {
      this.#turns = this.#turns.filter((kept) => kept !== turn)
      this.#forgotten = [...this.#forgotten, turn]
      return 'removed'
    }
    return this.#folded.length > 0 && !this.#forgotten.includes(turn) ? 'summarized' : 'absent'
  }

  /** Replaces its content with that of another conversation. */
  restore(other: ModelConversation): void {
    this.#exists = true
    // A snapshot has the ids of such turns, but not that they were forgotten.
    this.#forgotten = []
    this.#said = other.#said
    this.#folded = other.#folded
    this.#turns = other.#turns
    this.#fold()
  }

  context(): ExpectedContext {
    const { budgetTokens } = this.#rules
    const budget = budgetTokens === 0 ? Number.POSITIVE_INFINITY : budgetTokens
    const summary = endOf(this.#folded.map((text) => text + SEPARATOR).join(''), budget)
    const texts: string[] = []
    let tokens = tokensOf(summary)
    for (const { userMessage, assistantResponse } of this.#turns.toReversed()) {
      const cost = tokensOf(userMessage) + tokensOf(assistantResponse)
      if (tokens + cost > budget) break
      tokens += cost
      texts.unshift(userMessage)
    }
    return { summary, texts, tokens }
  }

  #fold(): void {
    if (this.#rules.strategy !== 'rolling_summary') return
    const count = Math.max(this.#turns.length - this.#rules.recentTurns, 0)
    this.#folded = [
      ...this.#folded,
      ...this.#turns.slice(0, count).map(({ userMessage }) => userMessage),
    ]
    this.#turns = this.#turns.slice(count)
  }
}
