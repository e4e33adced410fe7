import type { SqlAnswer, SqlStep, SqlWork } from '@harborage/core/sql'

/** The statements with which a bystander pauses works and lets them continue. */
export const HOLD = 'select pg_advisory_lock(1)'
export const RELEASE = 'select pg_advisory_unlock(1)'

const pause: SqlStep = {
  statement: { name: 'pause', sql: 'select pg_advisory_xact_lock(1)' },
  values: [],
  answer: 'rows',
}

/** Runs a work one statement at a time, and pauses after some while a bystander holds it. */
export function* paused<Result>(
  work: SqlWork<Result>,
  isPausedAfter: (statement: string) => boolean,
): SqlWork<Result> {
  let state = work.next([])
  while (state.done !== true) {
    const answers: SqlAnswer[] = []
    for (const step of state.value) {
      answers.push(...(yield [step]))
      if (isPausedAfter(step.statement.name)) yield [pause]
    }
    state = work.next(answers)
  }
  return state.value
}
