import type { StepPlace } from '../agent/run-agent.ts'
import { counted, grouped, seconds } from '../account/numbers.ts'
import type { Recollection } from '../memory/recall.ts'
import type { WorkerLife } from '../supervision/worker-life.ts'
import { keepEnd, LINE_WIDTH, wrapped } from '@harborage/example-kit/columns'
import { bold, dim, green, red } from '@harborage/example-kit/style'

const INDENT = ' '.repeat(11)
/** The width of the columns before that of the step in flight. */
const FIRST_WIDTH = 40
const FOUND_WIDTH = 34
/** If both do not fit beside each other, the finding gets its own line. */
const IS_WIDE = LINE_WIDTH >= 112
const IN_FLIGHT_WIDTH = LINE_WIDTH - FIRST_WIDTH - (IS_WIDE ? FOUND_WIDTH : 0)
const SHORTEST_TARGET = 8
const SESSION_WIDTH = 36

/** Returns the headings of the columns of {@link timelineLine}. */
export function timelineHead(): string[] {
  const columns = rows('at', '', 'last saved', 'in flight', 'what the next worker found')
  return [bold('When it was killed, and where it went on'), ...columns.map(dim)]
}

/**
 * Returns the line for a worker: what happened to it, what the next one found, and what that one
 * remembered.
 */
export function timelineLines(before: WorkerLife, after: WorkerLife, total: number): string[] {
  const { known, inFlight, resumed } = breakBetween(before, after, total)
  const lines = rows(
    seconds(before.endedAt),
    `worker ${before.number} ${before.end ?? ''}`,
    known === 0 ? 'none' : `step ${known}`,
    inFlight === undefined ? 'nothing' : describe(inFlight),
    finding(known, inFlight, resumed, total),
  )
  if (after.recollection === undefined) return lines
  return [...lines, ...wrapped(remembering(after.recollection)).map(dim)]
}

function remembering({ sessionId, summarized, verbatim, tokens }: Recollection): string {
  const turns =
    summarized.length + verbatim.length === 0
      ? 'nothing yet'
      : `${counted(summarized.length, 'turn')} in a summary and ${grouped(verbatim.length)} word by word, ${counted(tokens, 'token')}`
  return `${INDENT}remembers ${turns}: session ${keepEnd(sessionId, SESSION_WIDTH)}`
}

/** Returns the outcome of all steps in flight. */
export function timelineSummary(lives: readonly WorkerLife[], total: number): string[] {
  const breaks = lives
    .slice(1)
    .map((after, index) => ({ before: lives[index], after }))
    .flatMap(({ before, after }) => {
      const isTold = after.first !== undefined || after.end === 'finished'
      return before === undefined || !isTold ? [] : [breakBetween(before, after, total)]
    })
  const saved = breaks.filter(({ known, resumed }) => resumed > known + 1).length
  const again = breaks.filter(
    ({ known, resumed, inFlight }) => inFlight !== undefined && resumed === known + 1,
  ).length
  return [
    ...(again === 0 ? [] : [`${counted(again, 'step')} in flight had left no trace: done again.`]),
    ...(saved === 0 ? [] : [savedUnheard(saved)]),
  ].flatMap((line) => wrapped(`  ${line}`).map(dim))
}

function savedUnheard(steps: number): string {
  const answer = steps === 1 ? 'its acknowledgement was' : 'their acknowledgements were'
  return `${counted(steps, 'step')} in flight had been saved, though ${answer} never received: not done again.`
}

interface Break {
  /** The last step that was acknowledged; 0 if there was none. */
  readonly known: number
  /** The step that was started and not acknowledged. */
  readonly inFlight: StepPlace | undefined
  readonly resumed: number
}

function breakBetween(before: WorkerLife, after: WorkerLife, total: number): Break {
  const known = before.lastAcknowledged?.ordinal ?? 0
  const inFlight = (before.started?.ordinal ?? 0) > known ? before.started : undefined
  return { known, inFlight, resumed: after.first?.ordinal ?? total + 1 }
}

function rows(
  at: string,
  worker: string,
  saved: string,
  inFlight: string,
  found: string,
): string[] {
  const first = `  ${at.padEnd(9)}${worker.padEnd(17)}${saved.padEnd(12)}`
  return IS_WIDE
    ? [first + inFlight.padEnd(IN_FLIGHT_WIDTH) + found]
    : [first + inFlight, `${INDENT}→ ${found}`]
}

function describe({ ordinal, step }: StepPlace): string {
  const name = `${ordinal} ${step.action} `
  const room = IN_FLIGHT_WIDTH - name.length - (IS_WIDE ? 2 : 0)
  return name + keepEnd(step.target, Math.max(SHORTEST_TARGET, room))
}

function finding(
  known: number,
  inFlight: StepPlace | undefined,
  resumed: number,
  total: number,
): string {
  const next = resumed > total ? 'all is done' : `goes on with ${resumed}`
  if (resumed <= known) return red(`step ${resumed} is LOST`)
  if (resumed > known + 1) return green(`${resumed - 1} was saved: ${next}`)
  if (inFlight !== undefined) return `${resumed} was not saved: does it again`
  return next
}
