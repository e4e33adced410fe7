import { setTimeout } from 'node:timers/promises'

/** How long a step of the agent takes on a terminal, in milliseconds. */
const WATCHED_MS = 700

/** How long a step of the agent takes: nothing without a terminal. */
export const PACE_MS: number = process.stdout.isTTY ? WATCHED_MS : 0

/** Resolves after the time of a step. */
export async function pause(): Promise<void> {
  if (PACE_MS > 0) await setTimeout(PACE_MS)
}
