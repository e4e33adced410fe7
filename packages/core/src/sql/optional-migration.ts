import { HarborageError } from '../harborage-error.ts'
import type { Subsystem } from './subsystem.ts'

/** Returns a subsystem as it is in databases with its optional migration, or without it. */
export function variantOf(subsystem: Subsystem, hasOptional: boolean): Subsystem {
  const { optional, migrations } = subsystem
  if (optional === undefined || !hasOptional) return subsystem
  const { name, change, later, tables } = optional
  return { ...subsystem, tables, migrations: { ...migrations, ...later, [name]: change } }
}

/**
 * Returns whether a database has, or is to get, the optional migration of a subsystem.
 *
 * @param applied The applied migrations, none in a new database.
 * @throws `invalid_config` if the first opening of the database decided otherwise than the caller.
 */
export function hasOptional({ optional }: Subsystem, applied: readonly string[]): boolean {
  if (optional === undefined) return false
  const { name, isWanted, absent, present } = optional
  if (applied.length === 0) return isWanted ?? false
  const has = applied.includes(name)
  if (isWanted === undefined || isWanted === has) return has
  throw new HarborageError('invalid_config', has ? present : absent)
}
