/** The place of a named value in a statement that is being compiled. */
export class Placeholder {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

/** Returns an object whose every property is a placeholder, typed as the real parameters. */
export function placeholders<Parameters extends object>(): Parameters {
  return new Proxy({}, { get: (_, name) => new Placeholder(name) }) as Parameters
}

/** Returns the value of a placeholder. */
export function readParameter(values: object, { name }: Placeholder): unknown {
  return Reflect.get(values, name)
}
