import type { Figures } from '../../harness/fault-row.ts'
import { figures } from '../../harness/figures.ts'

const MOST_VIOLATIONS = 5

/** The operations and findings of one caller. */
export class Tally {
  #rounds = 0
  #lost = 0
  #duplicated = 0
  readonly #violations: string[] = []

  /** Makes an operation, which has to have one of the answers. */
  async expect<Answer>(
    answers: readonly Answer[],
    what: string,
    operation: () => Promise<Answer>,
  ): Promise<void> {
    this.#rounds += 1
    const answer = await operation()
    if (!answers.includes(answer)) this.violation(`${what} answered ${String(answer)}`)
  }

  lost(): void {
    this.#lost += 1
  }

  duplicated(): void {
    this.#duplicated += 1
  }

  violation(what: string): void {
    if (this.#violations.length < MOST_VIOLATIONS) this.#violations.push(what)
  }

  get found(): Figures {
    return figures({
      rounds: this.#rounds,
      acknowledged: this.#rounds,
      lost: this.#lost,
      duplicated: this.#duplicated,
      violations: this.#violations,
    })
  }
}

/** The last items, newest first. */
export class Recent<Item> {
  readonly #limit: number
  #items: readonly Item[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(item: Item): void {
    this.#items = [item, ...this.#items].slice(0, this.#limit)
  }

  get items(): readonly Item[] {
    return this.#items
  }

  /** Returns the one that is about to be forgotten, once there are as many as there may be. */
  get oldest(): Item | undefined {
    return this.#items[this.#limit - 1]
  }
}
