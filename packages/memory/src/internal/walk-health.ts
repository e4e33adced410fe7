import { stepHealth, type Health } from '../health.ts'
import type { HealthStep } from '../memory-events.ts'

/** The result of several transitions of health. */
export interface HealthWalk {
  readonly health: Health
  readonly steps: readonly HealthStep[]
}

/** Makes transitions of the health state machine, one after the other, all for the same reason. */
export function walkHealth(from: Health, path: readonly Health[], reason: string): HealthWalk {
  const steps: HealthStep[] = []
  let health = from
  for (const next of path) {
    steps.push({ priorHealth: health, newHealth: stepHealth(health, next), reason })
    health = next
  }
  return { health, steps }
}
