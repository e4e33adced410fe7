/** An invalid command line. Only the message is printed. */
export class UsageError extends Error {}
