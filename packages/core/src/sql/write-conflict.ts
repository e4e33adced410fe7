// The registered symbol is the same in every installed copy of this package; `instanceof` is not.
const mark = Symbol.for('harborage.write_conflict')

/**
 * Thrown by a work where others changed what it has decided on. Its transaction has to be undone,
 * and the work run again from the start: see `runWork`.
 */
export class WriteConflict extends Error {
  constructor() {
    super('others changed what was decided on: undo the transaction and run its work again')
    this.name = 'WriteConflict'
    Object.defineProperty(this, mark, { value: true })
  }
}

/** Tells whether an error is a {@link WriteConflict}, of whichever copy of this package. */
export function isWriteConflict(error: unknown): error is WriteConflict {
  return typeof error === 'object' && error !== null && mark in error
}
