import { collect } from '../collect.ts'

/**
 * Calls a method as code without types could. If the result is an async iterable, collects its
 * items.
 */
export async function callUnchecked(
  target: object,
  method: string,
  ...args: readonly unknown[]
): Promise<unknown> {
  const found: unknown = Reflect.get(target, method)
  if (typeof found !== 'function') throw new Error(`there is no method ${method}`)
  const answer: unknown = await Reflect.apply(found, target, args)
  return isWalk(answer) ? collect(answer) : answer
}

export function isWalk(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
