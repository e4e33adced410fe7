import { AsyncLocalStorage } from 'node:async_hooks'
import { HarborageError } from './harborage-error.ts'
import type { RunIdentity } from './identity.ts'
import { describeType } from './kit/argument-checks.ts'

/** A value that follows asynchronous work, so that handlers can read it without a parameter. */
export interface Context<Value> {
  /**
   * Calls `work` with the value set, and returns its result. The value is visible in `work` and in
   * everything that it starts or awaits, and nowhere else.
   *
   * @throws `invalid_record` if `work` is not a function.
   */
  run<Result>(value: Value, work: () => Result): Result
  /** Returns the value, or `undefined` outside of {@link run}. */
  get(): Value | undefined
  /**
   * Returns the value.
   *
   * @throws `invalid_config` outside of {@link run}.
   */
  require(): Value
}

/**
 * Creates a {@link Context}.
 *
 * @param name The name of the value, for the error message of `require`.
 */
export function createContext<Value>(name: string): Context<Value> {
  const storage = new AsyncLocalStorage<{ readonly value: Value }>()
  return {
    run(value, work) {
      const given: unknown = work
      if (typeof given !== 'function') {
        throw new HarborageError(
          'invalid_record',
          `work is ${describeType(given)}: pass a function`,
        )
      }
      return storage.run({ value }, work)
    },
    get: () => storage.getStore()?.value,
    require() {
      const held = storage.getStore()
      if (held === undefined) {
        throw new HarborageError(
          'invalid_config',
          `there is no ${name} in this asynchronous context: wrap the work in ${name}Context.run(value, work)`,
        )
      }
      return held.value
    },
  }
}

/**
 * The identity of the request or run that is being handled. An application sets it once per
 * request; handlers and tools read it from there. The stores do not read it: pass it to them.
 *
 * @example
 * ```ts
 * import { identityContext } from '@harborage/core'
 *
 * await identityContext.run({ tenantId: 'acme', userId: 'ann', sessionId: 's1' }, async () => {
 *   identityContext.require().tenantId // 'acme'
 * })
 * ```
 */
export const identityContext: Context<RunIdentity> = createContext('identity')
