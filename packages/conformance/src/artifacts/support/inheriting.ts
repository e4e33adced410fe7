import { malformed } from '../../support/malformed.ts'

/** Returns an object that inherits these properties and has none of its own. */
export function inheriting<Properties extends object>(properties: Properties): Properties {
  return malformed<Properties>(Object.create(properties))
}
