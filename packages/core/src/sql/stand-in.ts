/** Takes the place of a value while a statement is compiled. */
export class StandIn {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

/** Answers a stand-in for whatever parameter is read, under the type that the real value will have. */
export function standIns<Parameters extends object>(): Parameters {
  return new Proxy({}, { get: (_, name) => new StandIn(name) }) as Parameters
}

/** The value that a stand-in stands for. */
export function readParameter(values: object, { name }: StandIn): unknown {
  return Reflect.get(values, name)
}
