/** What was asked for cannot be done, and the message tells the user what to change. */
export class BadInput extends Error {
  override readonly name = 'BadInput'
}
