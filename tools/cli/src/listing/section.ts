import type { JsonFields, Output } from '../output/output.ts'

/** The items of one sort, with a title above the first one. It has no title in JSON. */
export class Section {
  readonly #out: Output
  readonly #title: string
  /** How many items were printed. */
  count = 0

  /** @param title Such as `Users`. */
  constructor(out: Output, title: string) {
    this.#out = out
    this.#title = title
  }

  /** Prints an item. */
  async item(type: string, fields: JsonFields, text: () => string): Promise<void> {
    if (this.count === 0) await this.#out.line(this.#out.style('bold', this.#title))
    this.count += 1
    await this.#out.item(type, fields, () => `  ${text()}`)
  }
}
