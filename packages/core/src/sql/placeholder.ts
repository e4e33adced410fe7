/** Takes the place of a value while a statement is compiled. */
export class Placeholder {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

/** Answers a stand-in for whatever parameter is read, under the type that the real value will have. */
export function placeholders<Parameters extends object>(): Parameters {
  return new Proxy({}, { get: (_, name) => new Placeholder(name) }) as Parameters
}

/** The value that a stand-in stands for. */
export function readParameter(values: object, { name }: Placeholder): unknown {
  return Reflect.get(values, name)
}
