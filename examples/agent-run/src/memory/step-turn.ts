import type { ConversationTurn } from '@harborage/memory'
import type { PlannedStep, StepResult } from '../slots.ts'

const MOST_CHARACTERS = 400

/**
 * Returns the turn for a step: the task and its result. The turn has the id of the step, so it is
 * saved once with it.
 *
 * @param number The step's place in its session, from 1.
 */
export function turnOfStep(
  number: number,
  step: PlannedStep,
  { output }: StepResult,
): ConversationTurn {
  return {
    turnId: step.eventId,
    userMessage: `#${number} ${step.action} ${step.target}`,
    assistantResponse: beginning(JSON.stringify(output)),
  }
}

/** Returns the place in its session of the step of a turn. */
export function numberOfTurn({ userMessage }: ConversationTurn): number {
  return Number(/^#(\d+) /.exec(userMessage)?.[1])
}

function beginning(text: string): string {
  const letters = [...text]
  return letters.length <= MOST_CHARACTERS
    ? text
    : `${letters.slice(0, MOST_CHARACTERS - 1).join('')}…`
}
