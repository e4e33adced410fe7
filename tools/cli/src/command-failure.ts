import type { Outcome } from './exit-codes.ts'

/**
 * A failure of the command itself, such as a wrong option. What a store throws is a
 * `HarborageError`.
 */
export class CommandFailure extends Error {
  /** The exit code, by its name. */
  readonly outcome: Outcome

  /**
   * @param message What is wrong and what to do next. It is printed, so it has no password and
   * nothing that is stored.
   */
  constructor(outcome: Outcome, message: string) {
    super(message)
    this.name = 'CommandFailure'
    this.outcome = outcome
  }
}

/** Returns the failure for a wrong command, option or profile. */
export function wrongUsage(message: string): CommandFailure {
  return new CommandFailure('usage', message)
}
