import { HarborageError } from '@harborage/core'

/**
 * The state of the summarization of a conversation.
 *
 * - `healthy`: it works.
 * - `retry`: it failed and is retried.
 * - `degraded`: it failed too often. The context has the last summary and the newest turns that
 *   fit.
 * - `recovering`: it is tried again after it was degraded.
 */
export type Health = 'healthy' | 'retry' | 'degraded' | 'recovering'

const transitions: Readonly<Record<Health, readonly Health[]>> = {
  healthy: ['retry'],
  retry: ['healthy', 'degraded'],
  degraded: ['recovering'],
  recovering: ['healthy', 'degraded'],
}

/**
 * Checks a transition of the health state machine, and returns the new state.
 *
 * @throws `invalid_health_transition` if there is no such transition.
 */
export function stepHealth(from: Health, to: Health): Health {
  if (!Object.hasOwn(transitions, from)) {
    throw new HarborageError(
      'invalid_health_transition',
      `the health to start from is unknown: pass one of ${Object.keys(transitions).join(', ')}`,
    )
  }
  if (transitions[from].includes(to)) return to
  throw new HarborageError(
    'invalid_health_transition',
    `this is not a transition of health: from ${from} it goes to ${transitions[from].join(' or ')} only`,
  )
}
