/** Something in the command line is wrong: its message is all there is to say. */
export class UsageError extends Error {}
