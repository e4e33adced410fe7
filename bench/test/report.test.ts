import { describe, expect, it } from 'vitest'

import { drawBareClientChart, drawPeersChart } from '../src/report/charts.ts'
import { compareBuilds } from '../src/report/compare-builds.ts'
import { compareResults } from '../src/report/compare.ts'
import { measureGoals, reached } from '../src/report/goals.ts'
import { writeMarkdown } from '../src/report/markdown.ts'
import { readNotes } from '../src/report/notes.ts'
import { failuresOf, peersOf, speedOver } from '../src/report/results.ts'
import { Terminal } from '../src/report/terminal.ts'
import { sampleRace, sampleResults } from './support/sample-results.ts'

const saves = sampleRace('save-32-sqlite', {
  Harborage: [10, 20, 10],
  'bare client': [50, 100, 60],
  'LangGraph SqliteSaver': [40, 80, 40],
})

const turns = sampleRace(
  'add-turn-growth-sqlite',
  { '10 turns': [100, 100, 100], '10,000 turns': [120, 130, 125] },
  { compares: 'sizes' },
)

describe('speedOver', () => {
  it('compares Harborage with another contender round by round', () => {
    expect(speedOver(saves, 'bare client')).toEqual({ low: 5, median: 5, high: 5.5 })
  })

  it('is undefined for a contender that failed', () => {
    const [own, bare] = saves.contenders
    if (own === undefined || bare === undefined) throw new Error('the sample is empty')
    const race = { ...saves, contenders: [own, { ...bare, failure: 'no disk' }] }
    expect(speedOver(race, 'bare client')).toBeUndefined()
  })
})

describe('peersOf', () => {
  it('leaves out the bare client and variants of Harborage', () => {
    const race = sampleRace('replay', {
      Harborage: [1],
      'Harborage, whole': [2],
      'bare client': [3],
      keyv: [4],
    })
    expect(peersOf(race)).toEqual(['keyv'])
  })
})

describe('measureGoals', () => {
  const goal = (id: string) => {
    const found = measureGoals(sampleResults({ races: [saves, turns] })).find(
      (measured) => measured.id === id,
    )
    if (found === undefined) throw new Error(`there is no goal ${id}`)
    return found
  }

  it('distinguishes what was missed, the required limit and the aim', () => {
    expect(reached(goal('save-32-sqlite'))).toBe('missed')
    expect(reached(goal('add-turn-growth-sqlite'))).toBe('at least')
    expect(reached(goal('save-32-sqlite-to-langgraph-sqlitesaver'))).toBe('aim')
  })

  it('treats less as better if a cost should not grow', () => {
    expect(goal('add-turn-growth-sqlite').spread?.median).toBe(1.25)
    expect(reached(goal('add-turn-growth-sqlite'))).toBe('at least')
  })

  it('marks a goal that was not measured', () => {
    expect(reached(goal('load-1-postgres'))).toBe('unknown')
  })
})

describe('the page', () => {
  const results = sampleResults({
    races: [saves, turns, sampleRace('list', {}, { failure: 'the disk is full' })],
    surveys: [
      { id: 'loop', title: 'delay', figures: [{ label: 'p99', value: 1.234, unit: 'ms' }] },
    ],
  })
  const page = writeMarkdown(
    results,
    readNotes('# N\n\n## save-32-sqlite\n\nOne fsync.\n\n## loop\n'),
  )

  it('shows ratios with their spread', () => {
    expect(page).toContain('**5.00 (5.00–5.50)**')
    expect(page).toContain('4.00 (4.00–4.00)')
  })

  it('contains the note on a case that is not a goal', () => {
    const commits = sampleRace('commit-10-sqlite', { Harborage: [10], 'bare client': [5] })
    const noted = writeMarkdown(
      sampleResults({ races: [saves, commits] }),
      readNotes('## commit-10-sqlite\n\nTen at once.\n\n## save-32-sqlite\n\nOne fsync.\n'),
    )
    expect(noted.split('Ten at once.')).toHaveLength(2)
    expect(noted.split('One fsync.')).toHaveLength(2)
  })

  it('explains why a row misses its aim, or that the reason is unknown', () => {
    expect(page).toContain('- SQLite save, 32 callers, FULL, to one by one: One fsync.')
    expect(page).toMatch(/- SQLite addTurn at 10,000 .*: not profiled yet\./)
  })

  it('shows failures', () => {
    expect(page).toContain('- list: the disk is full')
    expect(failuresOf(results)).toEqual(['list: the disk is full'])
  })

  it('names the machine and the versions', () => {
    expect(page).toContain('Example CPU, 2 cores, 8 GiB, Linux 6, ext4')
    expect(page).toContain('pg 8.23.1')
  })
})

describe('the charts', () => {
  it('draw a bar for each ratio, right or left of 1, with a text for readers who do not see it', () => {
    const slow = sampleRace('load', { Harborage: [10], 'bare client': [5] })
    const chart = drawBareClientChart(sampleResults({ races: [saves, slow] }))
    expect(chart).toContain('<title id="title">Harborage next to the bare client</title>')
    expect(chart.match(/class="faster"/g)).toHaveLength(1)
    expect(chart.match(/class="slower"/g)).toHaveLength(1)
    expect(chart).toContain('>5.00×</text>')
  })

  it('contain only numbers as values', () => {
    for (const races of [[], [saves]]) {
      const results = sampleResults({ races })
      expect(drawBareClientChart(results) + drawPeersChart(results)).not.toMatch(/NaN|Infinity/)
    }
  })
})

describe('compareResults', () => {
  it('shows the changes, and whether they exceed the spreads', () => {
    const now = sampleRace('save-32-sqlite', {
      Harborage: [5, 5, 5],
      'bare client': [50, 51, 52],
    })
    const lines = compareResults(
      sampleResults({ races: [saves] }),
      sampleResults({ races: [now] }),
    ).split('\n')
    expect(lines[0]).toContain('since 2026-01-02')
    expect(lines[1]).toMatch(/10\.0 µs +5\.00 µs +5\.00 +10\.2 +2\.04×, beyond both spreads/)
  })
})

describe('compareBuilds', () => {
  const compare = (own: readonly number[], other: readonly number[]) => {
    const race = sampleRace('load-1-sqlite', { Harborage: own, 'Harborage of abc': other })
    return compareBuilds(sampleResults({ races: [race] }), 'Harborage of abc')
  }

  it('compares the time of the other build with that of this one, round by round', () => {
    const { table, slower } = compare([10, 20, 10], [10, 22, 10])
    expect(table).toMatch(/✓ load-1-sqlite .* 10\.0 µs +10\.0 µs +1\.00 \(1\.00–1\.05\)/)
    expect(table).toContain('No case is slower.')
    expect(slower).toEqual([])
  })

  it('reports a case as slower by its median, by its upper quartile, or if it failed', () => {
    expect(compare([100, 100, 100, 100], [96, 96, 110, 110]).slower).toEqual([])
    expect(compare([100, 100, 100], [96, 96, 101]).slower).toEqual(['load-1-sqlite'])
    expect(compare([100, 100, 100], [98, 98, 99]).slower).toEqual(['load-1-sqlite'])
    expect(compare([100], []).slower).toEqual(['load-1-sqlite'])
  })
})

describe('the terminal', () => {
  const written = (isTTY: boolean): string => {
    let text = ''
    const terminal = new Terminal({ isTTY, write: (part) => (text += part) }, 2)
    terminal.caseBegins('save')
    terminal.roundIsOver(1, 3)
    terminal.raceIsOver(saves)
    terminal.close()
    return text
  }

  it('updates a progress line in a terminal, and writes only rows to a file', () => {
    expect(written(true)).toContain('round 1 of 3')
    expect(written(false)).not.toContain('round')
    expect(written(false)).toContain('5.00 (5.00–5.50)')
  })

  it('shows only the goals that were measured', () => {
    let text = ''
    const terminal = new Terminal({ write: (part) => (text += part) }, 1)
    terminal.goals(measureGoals(sampleResults({ races: [saves] })))
    expect(text).toContain('SQLite save, 32 callers, FULL')
    expect(text).not.toContain('Postgres')
  })
})
