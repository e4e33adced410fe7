/**
 * Carries what a function of the caller threw through a call, so that nothing takes it for an error
 * of the driver. The call is rejected with the cause.
 */
export class CallerFailure extends Error {
  constructor(cause: unknown) {
    super('a function of the caller failed', { cause })
  }
}
