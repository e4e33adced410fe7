import { placesIn, withValueAt, type Place } from '../../../packages/memory/test/support/places.ts'
import type { Random } from '../harness/random.ts'
import { junk } from './junk.ts'

/** Good arguments with something wrong about them: a value replaced, a wrapping, a name too many, one too few. */
export function deformed(good: readonly unknown[], random: Random): unknown[] {
  if (random.below(16) === 0) return Array.from({ length: random.below(4) }, () => junk(random))
  const places = placesIn(good)
  if (places.length === 0) return [junk(random)]
  let list = replaced(good, random.of(places), random)
  if (random.below(3) === 0) list = replaced(list, random.of(places), random)
  return random.below(4) === 0 ? list.map((each) => wrapped(each, random)) : list
}

function replaced(args: readonly unknown[], place: Place, random: Random): unknown[] {
  try {
    const whole: unknown = withValueAt(args, place, junk(random))
    return Array.isArray(whole) ? whole : []
  } catch {
    // The place lies within junk that lets nobody look.
    return [...args]
  }
}

/** The same to the eye of a careless reader. */
function wrapped(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null) return value
  const whole: object = value
  try {
    return wrapping(whole, random)
  } catch {
    return value
  }
}

function wrapping(whole: object, random: Random): unknown {
  return random.of<() => unknown>([
    () => new Proxy(whole, {}),
    () => Object.create(whole),
    () => Object.freeze({ ...whole }),
    () => Object.assign(Object.create(null), whole),
    () => ({ ...whole, [Symbol('more')]: junk(random), more: junk(random) }),
    () => Object.setPrototypeOf({ ...whole }, junkPrototype(random)),
  ])()
}

function junkPrototype(random: Random): object | null {
  const value = junk(random)
  return typeof value === 'object' ? value : null
}
