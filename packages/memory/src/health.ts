import { HarborageError } from '@harborage/core'

/** How the summarizing of a conversation is doing. */
export type Health = 'healthy' | 'retry' | 'degraded' | 'recovering'

const transitions: Readonly<Record<Health, readonly Health[]>> = {
  healthy: ['retry'],
  retry: ['healthy', 'degraded'],
  degraded: ['recovering'],
  recovering: ['healthy', 'degraded'],
}

/**
 * Checks a step of the health machine, and gives where it leads.
 *
 * @throws `invalid_health_transition` if there is no such step.
 */
export function stepHealth(from: Health, to: Health): Health {
  if (!Object.hasOwn(transitions, from)) {
    throw new HarborageError(
      'invalid_health_transition',
      `there is no such health: it is ${Object.keys(transitions).join(', ')}`,
    )
  }
  if (transitions[from].includes(to)) return to
  throw new HarborageError(
    'invalid_health_transition',
    `health goes from ${from} to ${transitions[from].join(' or ')}, and nowhere else`,
  )
}
