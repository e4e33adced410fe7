// The registered symbol is the same in every installed copy of this package; `instanceof` is not.
const mark = Symbol.for('harborage.write_conflict')

/**
 * Thrown by a work if others changed what it decided on. `runWork` rolls the transaction back and
 * runs the work again.
 */
export class WriteConflict extends Error {
  constructor() {
    super('others changed what was decided on: roll the transaction back and run its work again')
    this.name = 'WriteConflict'
    Object.defineProperty(this, mark, { value: true })
  }
}

/** Returns whether an error is a {@link WriteConflict}, from any copy of this package. */
export function isWriteConflict(error: unknown): error is WriteConflict {
  return typeof error === 'object' && error !== null && mark in error
}
