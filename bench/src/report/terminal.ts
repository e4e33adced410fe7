import { styleText } from 'node:util'

import { BARE, HARBORAGE } from '../measure/benchmark.ts'
import { ENGINE_TITLES } from './engines.ts'
import { reached, type GoalResult } from './goals.ts'
import { formatDuration, formatRatio, formatSpread, formatTime } from './numbers.ts'
import {
  costOf,
  costRelativeTo,
  peersOf,
  speedOver,
  type RaceResult,
  type SurveyResult,
} from './results.ts'

export interface TerminalOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** The output of a run: a progress line while a case runs, and a row when it ends. */
export class Terminal {
  readonly #output: TerminalOutput
  readonly #cases: number
  readonly #rival: string
  readonly #started = performance.now()
  #over = 0
  #title = ''

  /** @param rival The first contender with which Harborage is compared. */
  constructor(output: TerminalOutput, cases: number, rival: string = BARE) {
    this.#output = output
    this.#cases = cases
    this.#rival = rival
  }

  say(text: string): void {
    this.#row(text)
  }

  heading(): void {
    const rival = this.#rival === BARE ? 'to the bare client' : `to ${this.#rival}`
    const cells = ['', HARBORAGE, rival, this.#rival === BARE ? 'to the others' : '']
    this.#row(styleText('bold', cellsOf(cells)))
  }

  caseBegins(title: string): void {
    this.#title = title
    this.#progress('setting up')
  }

  roundIsOver(round: number, rounds: number): void {
    this.#progress(`round ${round} of ${rounds}`)
  }

  raceIsOver(race: RaceResult): void {
    this.#over += 1
    const title = `${race.title} · ${ENGINE_TITLES[race.engine]}`
    if (race.failure !== undefined) this.#failure(title, race.failure)
    else if (race.compares === 'sizes') this.#row(sizesRow(title, race))
    else this.#row(raceRow(title, race, this.#rival))
    for (const { name, failure } of race.contenders) {
      if (failure !== undefined) this.#failure(`  ${name}`, failure)
    }
  }

  surveyIsOver({ title, figures, failure }: SurveyResult): void {
    this.#over += 1
    if (failure !== undefined) return this.#failure(title, failure)
    this.#row(title)
    for (const { label, value, unit } of figures) {
      this.#row(styleText('dim', `    ${label.padEnd(44)}`) + `${figure(value)} ${unit}`)
    }
  }

  /** Prints only the goals that were measured: a run may leave out cases. */
  goals(goals: readonly GoalResult[]): void {
    if (goals.every(({ spread }) => spread === undefined)) return
    this.#row('')
    this.#row(styleText('bold', 'What was to be reached'))
    for (const goal of goals) {
      const { title, atLeast, aim, spread } = goal
      if (spread === undefined) continue
      const found = formatSpread(spread).padEnd(22)
      this.#row(`${mark(goal)} ${title.padEnd(58)} ${found} ${atLeast}, aim ${aim}`)
    }
  }

  close(): void {
    this.#clear()
  }

  #failure(title: string, failure: string): void {
    this.#row(`${styleText('red', '✗')} ${title}: ${failure}`)
  }

  #row(text: string): void {
    this.#clear()
    this.#output.write(`${text}\n`)
  }

  #progress(state: string): void {
    if (!this.#output.isTTY) return
    const elapsed = performance.now() - this.#started
    const left = this.#over === 0 ? undefined : (elapsed / this.#over) * (this.#cases - this.#over)
    const when = left === undefined ? '' : `, about ${formatDuration(left)} left`
    const line = `[${this.#over + 1}/${this.#cases}] ${this.#title}, ${state}${when}`
    this.#clear()
    this.#output.write(styleText('dim', line.slice(0, (this.#output.columns ?? 80) - 1)))
  }

  #clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001B[2K')
  }
}

function mark(goal: GoalResult): string {
  switch (reached(goal)) {
    case 'aim':
      return styleText('green', '★')
    case 'at least':
      return styleText('green', '✓')
    case 'missed':
      return styleText('red', '✗')
    case 'unknown':
      return ' '
  }
}

function raceRow(title: string, race: RaceResult, rival: string): string {
  const cost = costOf(race, HARBORAGE)
  const speed = speedOver(race, rival)
  const peers = peersOf(race).flatMap((name) => {
    const peer = speedOver(race, name)
    return peer === undefined ? [] : [`${formatRatio(peer.median)}× ${name}`]
  })
  return cellsOf([
    title,
    cost === undefined ? 'failed' : formatTime(cost.median),
    speed === undefined ? '' : formatSpread(speed),
    styleText('dim', peers.join(', ')),
  ])
}

function sizesRow(title: string, race: RaceResult): string {
  const [reference] = race.contenders
  const costs = race.contenders.flatMap(({ name }) => {
    const cost = costOf(race, name)
    const relative = reference && costRelativeTo(race, name, reference.name)
    if (cost === undefined || relative === undefined) return []
    return [`${name} ${formatTime(cost.median)} (${formatRatio(relative.median)}×)`]
  })
  return `${title.padEnd(44)} ${costs.join(', ')}`
}

function cellsOf([title = '', cost = '', bare = '', peers = '']: readonly string[]): string {
  return `${title.padEnd(44)} ${cost.padStart(10)}   ${bare.padEnd(20)} ${peers}`
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 })
}
