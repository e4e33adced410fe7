import {
  type CallOptions,
  type HarborageError,
  isHarborageError,
  type RunIdentity,
} from '@harborage/core'
import { checkRunIdentity, checkSignal, isAborted } from '@harborage/core/kit'

/** The identity, or why it is refused. */
export function checkedIdentity(identity: RunIdentity): Required<RunIdentity> | HarborageError {
  try {
    return checkRunIdentity(identity)
  } catch (error) {
    if (isHarborageError(error)) return error
    throw error
  }
}

/** The signal of a call that is refused in any case, and that may end it sooner; one that did so before is too late. */
export function signalToCome(options: CallOptions | undefined): AbortSignal | undefined {
  try {
    const signal = checkSignal(options)
    return signal === undefined || isAborted(signal) ? undefined : signal
  } catch {
    return undefined
  }
}
