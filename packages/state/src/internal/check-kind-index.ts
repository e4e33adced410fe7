import { HarborageError } from '@harborage/core'
import { describeType, readProperty } from '@harborage/core/kit'
import type { StateDriverOptions } from '../kind-index.ts'

/**
 * Returns the options of the driver in the configuration of a store, if it has any.
 *
 * @throws `invalid_config` if `kindIndex` is malformed or cannot be read.
 */
export function checkKindIndex(config: StateDriverOptions): StateDriverOptions | undefined {
  const given = kindIndexOf(config)
  if (given === undefined) return undefined
  if (typeof given === 'boolean') return { kindIndex: given }
  throw new HarborageError(
    'invalid_config',
    `kindIndex is ${describeType(given)}: pass true or false, or leave it out`,
  )
}

function kindIndexOf(config: StateDriverOptions): unknown {
  try {
    return readProperty(config, 'kindIndex')
  } catch (cause) {
    throw new HarborageError(
      'invalid_config',
      'kindIndex cannot be read: pass a plain object as the configuration',
      { cause },
    )
  }
}
