import { HarborageError, type ErrorCode } from '../harborage-error.ts'
import { readArguments } from '../kit/argument-checks.ts'
import { isObjectOf, isOfEveryObject, withoutInherited } from '../kit/object-of-names.ts'
import { describeArgument } from './describe-argument.ts'

/** The options that an adapter takes. Without this check a misspelled one would be ignored. */
export class OptionNames {
  readonly #taker: string
  readonly #names: ReadonlySet<string>
  readonly #code: ErrorCode

  /**
   * Makes the check of some options.
   *
   * @param taker What takes them, in messages, such as `a HarborageSession`.
   * @param names The names that they may have.
   * @param code The code of errors. Default: `invalid_config`.
   */
  constructor(taker: string, names: readonly string[], code: ErrorCode = 'invalid_config') {
    this.#taker = taker
    this.#names = new Set(names)
    this.#code = code
  }

  /**
   * Checks that options have no other names, and returns them without what something added to
   * `Object.prototype`: that is the option of no call.
   *
   * @throws `identity_required` if there are no options and one of them would be the `owner`, else
   * an error with the code of the constructor. `invalid_record` if they cannot be read.
   */
  read<Options extends object>(given: Options): Options {
    return readArguments(() => {
      if (!isObjectOf(this.#names, given)) {
        throw new HarborageError(
          this.#names.has('owner') ? 'identity_required' : this.#code,
          `the options are ${describeArgument(given)}: pass an object with ${this.#list()}`,
        )
      }
      const unknown = this.unknownIn(given)
      if (unknown !== undefined) throw new HarborageError(this.#code, unknown)
      return withoutInherited(given)
    })
  }

  /**
   * Returns a message about a name that an object should not have, or `undefined` if it has none. A
   * name is quoted only if it looks like that of an option.
   *
   * @param given The options.
   */
  unknownIn(given: object): string | undefined {
    for (const name in given) {
      if (this.#names.has(name) || isOfEveryObject(given, name)) continue
      const fault = /^[a-z][a-z_]{0,39}$/i.test(name)
        ? `there is no option ${name}`
        : 'there is an unknown option'
      return `${fault}: ${this.#taker} takes ${this.#list()}`
    }
    return undefined
  }

  #list(): string {
    return [...this.#names].join(', ')
  }
}

/**
 * Checks a store that an option has to be.
 *
 * @param name The name of the option.
 * @param store What was passed.
 * @param method A method that only such a store has.
 * @param opener The function that opens one.
 * @throws `invalid_config`
 */
export function checkOpenStore(name: string, store: unknown, method: string, opener: string): void {
  if (typeof store === 'object' && store !== null && method in store) return
  throw invalidOption(
    `${name} is ${describeArgument(store)}, and no open store: pass what ${opener}() resolved to`,
  )
}

/**
 * Returns the error about an option, with the code `invalid_config`.
 *
 * @param message What is wrong, and what to pass.
 */
export function invalidOption(message: string): HarborageError {
  return new HarborageError('invalid_config', message)
}
