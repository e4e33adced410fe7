import { malformed } from '../../support/malformed.ts'

/** An object with no properties of its own, which has these all the same. */
export function inheriting<Properties extends object>(properties: Properties): Properties {
  return malformed<Properties>(Object.create(properties))
}
