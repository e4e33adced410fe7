/** A way into nested arguments, such as `[2, 'source', 'step']`. */
export type Place = readonly (string | number)[]

/** Every place in a list of arguments, the arguments themselves included. */
export function placesIn(args: readonly unknown[]): Place[] {
  return args.flatMap((arg, index) => below(arg, [index]))
}

/** The arguments with another value at one place. */
export function withValueAt(args: readonly unknown[], place: Place, value: unknown): unknown[] {
  const [first, ...rest] = place
  return args.map((arg, index) => (index === first ? replaced(arg, rest, value) : arg))
}

function below(value: unknown, place: Place): Place[] {
  if (!isContainer(value)) return [place]
  const inner = Object.entries(value).flatMap(([name, item]) => below(item, [...place, name]))
  return [place, ...inner]
}

function replaced(whole: unknown, [name, ...rest]: Place, value: unknown): unknown {
  if (name === undefined || !isContainer(whole)) return value
  const inner = replaced(Reflect.get(whole, name), rest, value)
  return { ...whole, [name]: inner }
}

function isContainer(value: unknown): value is object {
  const isObject = typeof value === 'object' && value !== null
  return isObject && Object.getPrototypeOf(value) === Object.prototype
}
