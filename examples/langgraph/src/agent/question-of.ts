import type { StateSnapshot } from '@langchain/langgraph'

/** Returns the question that a state of the thread waits for an answer to, if there is one. */
export function questionOf({ tasks }: StateSnapshot): string | undefined {
  const [question] = tasks.flatMap(({ interrupts }) => interrupts)
  return question === undefined ? undefined : String(question.value)
}
