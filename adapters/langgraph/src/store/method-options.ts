import type { CallOptions } from '@harborage/core'
import { OptionNames } from '@harborage/core/adapter'
import { refusalOf } from './refusal.ts'

/**
 * Returns a copy of the options of a method that makes one operation.
 *
 * @param names The names that they may have besides `signal`.
 * @throws `invalid_record` if they have another name, which would be ignored, or are no object.
 */
export function readOptions<Options extends CallOptions>(
  given: Options | undefined,
  names: readonly (keyof Options & string)[],
): Partial<Options> {
  if (given === undefined) return {}
  const refuse = refusalOf(0)
  const copy = copyOf(given)
  const unknown = copy === undefined ? 'they are no object' : unknownIn(copy, names)
  if (copy !== undefined && unknown === undefined) return copy
  throw refuse(`has options that are not its own, ${unknown}`)
}

function unknownIn(options: object, names: readonly string[]): string | undefined {
  return new OptionNames('it', ['signal', ...names]).unknownIn(options)
}

/** Returns a copy, or `undefined` if it is none of a plain object. A signal has no own names. */
function copyOf<Options extends object>(given: Options): Partial<Options> | undefined {
  try {
    return 'aborted' in given ? undefined : { ...given }
  } catch {
    return undefined
  }
}
