/** Thrown for a request that cannot be fulfilled. The message tells the user what to change. */
export class BadInput extends Error {
  override readonly name = 'BadInput'
}
