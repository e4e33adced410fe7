import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'

/** Whether this process runs a build that is broken on purpose. */
export const isBroken = process.env['HARBORAGE_BROKEN_BUILD'] !== undefined

/**
 * Returns after how many milliseconds a call of this process is taken to hang. One of a build that
 * is broken on purpose is not waited for as long: a call that is too slow only adds another fault.
 */
export function hangLimit(ofBrokenBuildMs: number): number {
  return isBroken ? ofBrokenBuildMs : HANG_LIMIT_MS
}
