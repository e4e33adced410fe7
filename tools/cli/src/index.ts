/**
 * The command `harborage`. It is run by its name in a shell; the package `harborage` loads it from
 * here for its own command.
 *
 * @module
 */
export { runInProcess } from './run-in-process.ts'
