/** A DSN, which may have a password. It is in no text, no JSON and no inspection. */
export class Secret {
  readonly #value: string

  /** @param value What must not be printed. */
  constructor(value: string) {
    this.#value = value
  }

  /** Returns the value, for the driver that needs it. */
  reveal(): string {
    return this.#value
  }
}
