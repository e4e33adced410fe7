import type { StateStore } from '@harborage/state'

/** A method of a store that takes arguments. */
export type Method =
  | 'save'
  | 'load'
  | 'loadOrThrow'
  | 'loadByEventId'
  | 'loadByEventIdOrThrow'
  | 'delete'
  | 'deleteScope'
  | 'commit'
  | 'list'
  | 'listKind'

/**
 * Calls a method as code without types could. If the result is an async iterable, collects its
 * items.
 */
export async function callWithAnything(
  store: StateStore,
  method: Method,
  ...args: readonly unknown[]
): Promise<unknown> {
  const called: unknown = Reflect.get(store, method)
  if (typeof called !== 'function') throw new Error(`there is no method ${method}`)
  const result: unknown = await Reflect.apply(called, store, args)
  return isWalk(result) ? collect(result) : result
}

function isWalk(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function collect(walk: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of walk) items.push(item)
  return items
}
