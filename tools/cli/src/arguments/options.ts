import { wrongUsage } from '../command-failure.ts'

/** The values of the options of a command. */
export class Options {
  readonly #values: ReadonlyMap<string, string | true>
  readonly #env: Readonly<Record<string, string | undefined>>

  /**
   * @param values By their names.
   * @param env The variables that a value may name.
   */
  constructor(
    values: ReadonlyMap<string, string | true>,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#values = values
    this.#env = env
  }

  /** Returns whether an option without a value was given. */
  flag(name: string): boolean {
    return this.#values.get(name) === true
  }

  /** Returns the value of an option, or `undefined` if it was not given. */
  text(name: string): string | undefined {
    const value = this.#values.get(name)
    if (value === '') throw wrongUsage(`--${name} is empty: give it a value, or leave it out`)
    return value === true ? undefined : value
  }

  /**
   * Returns the value of an option that should not be in the list of processes: `env:NAME` stands
   * for the value of the variable.
   */
  privateText(name: string): string | undefined {
    const text = this.text(name)
    const [, variable] = /^env:(.*)$/s.exec(text ?? '') ?? []
    if (variable === undefined) return text
    const value = this.#env[variable]
    if (value !== undefined && value !== '') return value
    throw wrongUsage(`--${name} names a variable that is not set: set it`)
  }

  /** Returns the value of an option that is one of several, or a default if it was not given. */
  choice<Choice extends string>(
    name: string,
    choices: readonly Choice[],
    byDefault: Choice,
  ): Choice {
    const value = this.text(name)
    if (value === undefined) return byDefault
    const chosen = choices.find((choice) => choice === value)
    if (chosen !== undefined) return chosen
    throw wrongUsage(`--${name} is none of ${choices.join(', ')}`)
  }

  /** Returns the whole number of at least 0 that an option has, or `undefined`. */
  count(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const count = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (Number.isSafeInteger(count)) return count
    throw wrongUsage(`--${name} is no whole number: write one of at least 0, such as 20`)
  }
}
