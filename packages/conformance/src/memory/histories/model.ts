import type { ConversationTurn } from '@harborage/memory'
import { SEPARATOR } from '../support/summarizers.ts'

/** What the model needs to know of the rules. */
export interface ModelRules {
  readonly strategy: 'truncation' | 'rolling_summary'
  readonly budgetTokens: number
  readonly recentTurns: number
}

/** What a context has to be. */
export interface ExpectedContext {
  readonly summary: string
  readonly texts: readonly string[]
  readonly tokens: number
}

/** The cost of a text in histories. */
export function tokensOf(text: string): number {
  return text.length
}

/** The end of a text that has so many tokens at most. */
export function lastOf(text: string, tokens: number = Number.POSITIVE_INFINITY): string {
  return text.slice(Math.max(text.length - tokens, 0))
}

/** A conversation as the guarantees say it, once everything has settled: the turns that were said, and nothing else. */
export class ModelConversation {
  readonly #rules: ModelRules
  #said: readonly ConversationTurn[] = []
  #folded: readonly string[] = []
  #turns: readonly ConversationTurn[] = []

  constructor(rules: ModelRules) {
    this.#rules = rules
  }

  /** The turns whose retry has to change nothing, newest first. */
  get retriable(): readonly ConversationTurn[] {
    return this.#said.toReversed()
  }

  add(turn: ConversationTurn): void {
    if (this.#said.includes(turn)) return
    this.#said = [...this.#said, turn]
    this.#turns = [...this.#turns, turn]
    this.#fold()
  }

  reset(): void {
    this.#said = []
    this.#folded = []
    this.#turns = []
  }

  /** Takes what the other one holds. */
  restore(other: ModelConversation): void {
    this.#said = other.#said
    this.#folded = other.#folded
    this.#turns = other.#turns
    this.#fold()
  }

  context(): ExpectedContext {
    const { budgetTokens } = this.#rules
    const budget = budgetTokens === 0 ? Number.POSITIVE_INFINITY : budgetTokens
    const summary = lastOf(this.#folded.map((text) => text + SEPARATOR).join(''), budget)
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
