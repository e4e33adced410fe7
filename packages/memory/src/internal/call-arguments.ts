import {
  isHarborageError,
  type CallOptions,
  type HarborageError,
  type RunIdentity,
} from '@harborage/core'
import { checkRunIdentity, checkSignal, isAborted } from '@harborage/core/kit'

/** Returns the checked identity, or the error with which it is rejected. */
export function checkedIdentity(identity: RunIdentity): Required<RunIdentity> | HarborageError {
  try {
    return checkRunIdentity(identity)
  } catch (error) {
    if (isHarborageError(error)) return error
    throw error
  }
}

/** Returns the signal of a call that is rejected anyway, if an abort may still end it sooner. */
export function pendingSignal(options: CallOptions | undefined): AbortSignal | undefined {
  try {
    const signal = checkSignal(options)
    return signal === undefined || isAborted(signal) ? undefined : signal
  } catch {
    return undefined
  }
}
