import { types } from 'node:util'

/**
 * Returns what an argument is that should be something else, for a message, and never the argument
 * itself.
 *
 * @param given The argument, which may be anything.
 */
export function describeArgument(given: unknown): string {
  if (given === undefined) return 'missing'
  if (given === null) return 'null'
  if (given === '') return 'empty'
  if (types.isPromise(given)) return 'a promise, which has to be awaited'
  return typeof given === 'object' && !types.isProxy(given) && Array.isArray(given)
    ? 'an array'
    : `of type ${typeof given}`
}
