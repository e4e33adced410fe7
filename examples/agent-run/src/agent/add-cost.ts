import type { Cost, StepResult } from '../slots.ts'

const BYTES_PER_TOKEN = 4
const MICRO_USD_PER_TOKEN = 3

/** The costs before the first step. */
export const NO_COST: Cost = { steps: 0, bytes: 0, tokens: 0, microUsd: 0, byAction: {} }

/**
 * Returns the costs after one more step, as if a model read its input at 3 dollars per million
 * tokens.
 */
export function addCost(cost: Cost, { action, bytes }: StepResult): Cost {
  const tokens = Math.ceil(bytes / BYTES_PER_TOKEN)
  return {
    steps: cost.steps + 1,
    bytes: cost.bytes + bytes,
    tokens: cost.tokens + tokens,
    microUsd: cost.microUsd + tokens * MICRO_USD_PER_TOKEN,
    byAction: { ...cost.byAction, [action]: (cost.byAction[action] ?? 0) + 1 },
  }
}

/** Returns the sum of the costs of two sessions. */
export function sumCosts(costs: readonly Cost[]): Cost {
  return costs.reduce((sum, cost) => {
    const byAction = { ...sum.byAction }
    for (const [action, times] of Object.entries(cost.byAction)) {
      byAction[action] = (byAction[action] ?? 0) + times
    }
    return {
      steps: sum.steps + cost.steps,
      bytes: sum.bytes + cost.bytes,
      tokens: sum.tokens + cost.tokens,
      microUsd: sum.microUsd + cost.microUsd,
      byAction,
    }
  }, NO_COST)
}
