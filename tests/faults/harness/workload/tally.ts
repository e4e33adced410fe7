import { isHarborageError } from '@harborage/core'

import { figures } from '../figures.ts'
import type { Figures } from '../fault-row.ts'
import { hangLimit, isBroken } from '../this-build.ts'
import type { Caller, Operation } from './caller.ts'
import type { Stores } from './stores.ts'

const HANGING_MS = hangLimit(60_000)
const SHOWN_VIOLATIONS = 20

export interface Expectations {
  /**
   * `none`: every call has to succeed. `typed`: it may fail, as unavailable or with an unknown
   * outcome.
   */
  readonly errors: 'none' | 'typed'
  /** Stores that check that a call was not applied if its error claims that. */
  readonly reader?: Stores
  /** How long the call is retried after errors. Default: until it counts as hanging. */
  readonly forMs?: number
}

const noticed = Promise.withResolvers<Figures>()

/** Resolves as soon as any call reveals the fault of this build. */
export const whenNoticed: Promise<Figures> = noticed.promise

/** The outcomes of the calls of one worker. */
export class Tally {
  acknowledged = 0
  unknown = 0
  readonly #violations: string[] = []

  /**
   * Makes a call of the caller's once, and gives the error, if it is one that a fault may lead to.
   */
  async attempt({ name }: Caller, operation: Operation, limitMs: number): Promise<unknown> {
    try {
      await inTime(operation.run(), limitMs)
      operation.acknowledge()
      this.acknowledged += 1
      return undefined
    } catch (error) {
      if (isHarborageError(error, 'outcome_unknown')) this.unknown += 1
      if (!isPassing(error)) this.note(`${name}: ${told(error)}`)
      return error
    }
  }

  /**
   * Makes a call of the caller's, and after an error that it may end with again, with the same ids;
   * whether it succeeded.
   */
  async acknowledge(
    caller: Caller,
    operation: Operation,
    { errors, reader, forMs = HANGING_MS }: Expectations,
  ): Promise<boolean> {
    const deadline = performance.now() + forMs
    let mayBeApplied = false
    for (;;) {
      try {
        await inTime(operation.run(), HANGING_MS)
        operation.acknowledge()
        this.acknowledged += 1
        return true
      } catch (error) {
        const isUnknown = isHarborageError(error, 'outcome_unknown')
        const isAllowed =
          errors === 'typed' ? isPassing(error) : isUnknown && operation.mayStayUnknown === true
        if (!isAllowed || performance.now() > deadline) {
          this.note(`${caller.name}: ${told(error)}`)
          return false
        }
        if (isUnknown) {
          this.unknown += 1
          mayBeApplied = true
        } else if (!mayBeApplied && (await isSeen(operation, reader))) {
          this.note(`${caller.name}: applied, although the error says: ${told(error)}`)
        }
      }
    }
  }

  note(violation: string): void {
    if (isBroken) noticed.resolve(figures({ violations: [violation] }))
    if (this.#violations.length < SHOWN_VIOLATIONS) this.#violations.push(violation)
  }

  /** Returns what was tallied since the last time. */
  take(): Figures {
    const { acknowledged, unknown } = this
    this.acknowledged = 0
    this.unknown = 0
    return figures({ acknowledged, unknown, violations: this.#violations.splice(0) })
  }
}

/** Returns whether an error has a reason and allows a retry. */
export function isPassing(error: unknown): boolean {
  return (
    (isHarborageError(error, 'store_unavailable') || isHarborageError(error, 'outcome_unknown')) &&
    error.retryable
  )
}

export function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = isHarborageError(error) ? `${error.code}: ` : ''
  const cause = error.cause === undefined ? '' : `, because of ${told(error.cause)}`
  return `${code}${error.message}${cause}`
}

async function isSeen(operation: Operation, reader: Stores | undefined): Promise<boolean> {
  return reader !== undefined && operation.isApplied(reader)
}

async function inTime(call: Promise<void>, limitMs: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, limitMs, new Error('the call hangs'))
  try {
    await Promise.race([call, promise])
  } finally {
    clearTimeout(timer)
  }
}
