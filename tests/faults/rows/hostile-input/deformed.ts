// oxlint-disable typescript/no-unsafe-return -- what is wrapped may be anything.
import { placesIn, withValueAt, type Place } from '@harborage/test-kit/hostile/argument-places'

import type { Random } from '../../harness/random.ts'
import { junk } from './junk.ts'

/**
 * Good arguments with something wrong about them: a value replaced, a wrapping, a name too many,
 * one too few.
 */
export function deformed(good: readonly unknown[], random: Random): unknown[] {
  // So that there is something to be found, to be replaced and to be walked.
  if (random.below(8) === 0) return [...good]
  if (random.below(16) === 0) return Array.from({ length: random.below(4) }, () => junk(random))
  const places = placesIn(good)
  if (places.length === 0) return [junk(random)]
  const first = random.of(places)
  const second = random.of(places)
  const list = replaced(good, first, random)
  const both = isApart(first, second) ? replaced(list, second, random) : list
  return random.below(4) === 0 ? both.map((each) => wrapped(each, random)) : both
}

function replaced(args: readonly unknown[], place: Place, random: Random): unknown[] {
  return withValueAt(args, place, junk(random))
}

/** Returns whether neither place is inside the other. Junk may throw when it is inspected. */
function isApart(first: Place, second: Place): boolean {
  const steps = Math.min(first.length, second.length)
  return first.slice(0, steps).join() !== second.slice(0, steps).join()
}

/** Returns a deformed copy of a value that looks the same at first. */
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
