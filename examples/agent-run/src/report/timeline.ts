import type { StepPlace } from '../agent/run-agent.ts'
import { counted, grouped, seconds } from '../account/numbers.ts'
import type { Recollection } from '../memory/recall.ts'
import type { WorkerLife } from '../supervision/worker-life.ts'
import { keepEnd } from './columns.ts'
import { bold, dim, green, red } from './style.ts'

const IN_FLIGHT_WIDTH = 36
const SHORTEST_TARGET = 8

/** The columns of {@link timelineLine}. */
export function timelineHead(): string[] {
  const columns = row('at', '', 'last saved', 'in flight', 'what the next worker found')
  return [bold('When it was killed, and where it went on'), dim(columns)]
}

/** What happened to one worker, what the next one found, and what it remembered. */
export function timelineLines(before: WorkerLife, after: WorkerLife, total: number): string[] {
  const { known, inFlight, resumed } = breakBetween(before, after, total)
  const line = row(
    seconds(before.endedAt),
    `worker ${before.number} ${before.end ?? ''}`,
    known === 0 ? 'none' : `step ${known}`,
    inFlight === undefined ? 'nothing' : describe(inFlight),
    finding(known, inFlight, resumed, total),
  )
  return after.recollection === undefined ? [line] : [line, dim(remembering(after.recollection))]
}

function remembering({ sessionId, summarized, verbatim, tokens }: Recollection): string {
  const turns =
    summarized.length + verbatim.length === 0
      ? 'nothing yet'
      : `${counted(summarized.length, 'turn')} in a summary and ${grouped(verbatim.length)} word by word, ${counted(tokens, 'token')}`
  const name = keepEnd(sessionId, IN_FLIGHT_WIDTH)
  return `${' '.repeat(11)}remembers ${turns}: session ${name}`
}

/** What became of the steps in flight, all together. */
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
    ...(saved === 0
      ? []
      : [`${counted(saved, 'step')} in flight had been saved, unheard: not done again.`]),
  ].map((line) => dim(`  ${line}`))
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

function row(at: string, worker: string, saved: string, inFlight: string, found: string): string {
  return `  ${at.padEnd(9)}${worker.padEnd(17)}${saved.padEnd(12)}${inFlight.padEnd(IN_FLIGHT_WIDTH + 2)}${found}`
}

function describe({ ordinal, step }: StepPlace): string {
  const name = `${ordinal} ${step.action} `
  return name + keepEnd(step.target, Math.max(SHORTEST_TARGET, IN_FLIGHT_WIDTH - name.length))
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
