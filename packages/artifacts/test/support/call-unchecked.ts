/**
 * Calls a method as code without types would, and walks to the end of what it gives if that is a
 * walk.
 */
export async function callUnchecked(
  target: object,
  method: string,
  ...args: readonly unknown[]
): Promise<unknown> {
  const found: unknown = Reflect.get(target, method)
  if (typeof found !== 'function') throw new Error(`there is no method ${method}`)
  const answer: unknown = await Reflect.apply(found, target, args)
  if (!isWalk(answer)) return answer
  const items: unknown[] = []
  for await (const item of answer) items.push(item)
  return items
}

function isWalk(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
