import { HarborageError, type ErrorCode } from '../harborage-error.ts'

/** Longer names are not compared with the known ones. */
const MAX_COMPARED_LENGTH = 64

/** Every name of every argument: no message tells a name that a caller made up, which may be content. */
const vocabulary = new Set<string>()

/**
 * The names that an argument may have. An option under a misspelled name, or one that belongs to another argument, would
 * be ignored: a guard that guards nothing.
 */
export class KnownNames {
  readonly #argument: string
  readonly #names: ReadonlySet<string>
  readonly #code: ErrorCode

  /**
   * @param argument What the argument is called in messages.
   * @param code The code of the error. Default: `invalid_record`.
   */
  constructor(argument: string, names: readonly string[], code: ErrorCode = 'invalid_record') {
    this.#argument = argument
    this.#names = new Set(names)
    this.#code = code
    for (const name of names) vocabulary.add(name)
  }

  /**
   * Refuses an argument that has another name, inherited ones included.
   *
   * @throws The error of the given code. It suggests the known name that is nearest, and lists all of them.
   */
  check(given: object): void {
    for (const name in given) {
      if (!this.#names.has(name) && !isOfEveryObject(given, name)) throw this.#refuse(name)
    }
  }

  #refuse(name: string): Error {
    const known = [...this.#names]
    return new HarborageError(
      this.#code,
      `${this.#argument} ${faultOf(name, known)}: it takes ${known.join(', ')}`,
    )
  }
}

function faultOf(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  if (nearest !== undefined) return `has the unknown name ${name} instead of ${nearest}`
  if (vocabulary.has(name)) return `has the name ${name}, which does not belong there`
  return 'has a name that this call does not know'
}

/** Returns the first known name that differs from a given one by a slip, or `undefined`. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return known.find((each) => isNear(name, each))
}

/** Whether some library has put the name on the prototype of all objects. */
function isOfEveryObject(given: object, name: string): boolean {
  return name in Object.prototype && !Object.hasOwn(given, name)
}

function isNear(name: string, known: string): boolean {
  if (name.length > MAX_COMPARED_LENGTH) return false
  if (name.toLowerCase() === known.toLowerCase()) return true
  const shorter = Math.min(name.length, known.length)
  return shorter > 2 && slips(name, known) <= (shorter > 5 ? 2 : 1)
}

/** Returns the edit distance of two texts, in which two letters that changed places are one slip. */
function slips(left: string, right: string): number {
  let before: number[] = []
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : replaced
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? 0
}
