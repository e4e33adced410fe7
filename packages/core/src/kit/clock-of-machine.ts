/**
 * Reads the clock of the machine, in milliseconds since 1970, also if a program has put another
 * `Date` in place since.
 */
export const clockOfMachine: () => number = Date.now
