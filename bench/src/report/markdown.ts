import { BARE, HARBORAGE } from '../measure/benchmark.ts'
import { ENGINE_TITLES } from './engines.ts'
import { measureGoals, reached, type GoalResult } from './goals.ts'
import { formatRate, formatSpread, formatTime } from './numbers.ts'
import {
  costOf,
  costRelativeTo,
  failuresOf,
  peersOf,
  speedOver,
  type RaceResult,
  type Results,
} from './results.ts'

/** Hand-written sentences, by the id of their goal or case. */
export type Notes = ReadonlyMap<string, string>

const MARKS = { aim: '★', 'at least': '✓', missed: '✗', unknown: '?' } as const

/** Returns the page docs/benchmarks.md. */
export function writeMarkdown(results: Results, notes: Notes): string {
  const goals = measureGoals(results)
  const sections = [
    introduction(results),
    goalSection(goals, notes),
    contenderSection(results, goals, notes),
    peerSection(results),
    turnRateSection(results),
    growthSection(results),
    surveySection(results, notes),
    failureSection(results),
    conditions(results),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

function introduction({ settings, date }: Results): string {
  return `# Benchmarks

<!-- Written by \`pnpm bench\`. What is written by hand is in bench/notes.md. -->

Harborage next to the bare client libraries doing the same work with the same durability, and next to what people use
today. Measure it yourself, with nothing but Node.js and npm:

\`\`\`sh
npx -y pnpm@12 bench                        # everything, about a quarter of an hour
npx -y pnpm@12 bench --quick                # a first look
npx -y pnpm@12 bench --only save-32         # some cases
npx -y pnpm@12 bench --compare docs/benchmarks/latest.json
\`\`\`

All contenders of a case work in turns, in slices of ${settings.sliceMs} ms and in another order each round. In between, what
one has left to finalizers is finalized, so that the next does not pay for it. A ratio is taken within a round,
so that a slow moment of the machine hits both sides; the tables show the median of ${settings.rounds} rounds (fewer for heavy cases) and, in
brackets, the middle half of them. After the rounds every contender has to show that what it did is really there. Payloads are
1 KiB of random bytes unless the case says otherwise. Run on ${date}.${settings.quick ? ' **This was a quick run: few and short rounds, for a first look only.**' : ''}

![Harborage next to the bare client](benchmarks/bare-client.svg)

![Harborage next to what people use today](benchmarks/peers.svg)`
}

function goalSection(goals: readonly GoalResult[], notes: Notes): string {
  const rows = goals.map((goal) => [
    goal.title,
    goal.atLeast,
    goal.aim,
    goal.spread === undefined ? 'not measured' : `**${formatSpread(goal.spread)}**`,
    MARKS[reached(goal)],
  ])
  const limits = goals.flatMap((goal) => boundOf(goal, notes))
  return [
    '## What was to be reached',
    '★ reached its aim, ✓ reached what it has to, ✗ did not. Ratios above 1 are faster than the other side.',
    table(['work', 'has to', 'aim', 'reached', ''], rows),
    ...(limits.length === 0 ? [] : ['What bounds the rows without a star:', limits.join('\n')]),
  ].join('\n\n')
}

function boundOf(goal: GoalResult, notes: Notes): readonly string[] {
  const result = reached(goal)
  if (result === 'aim' || result === 'unknown') return []
  return [`- ${goal.title}: ${notes.get(goal.id) ?? 'not profiled yet.'}`]
}

function contenderSection(results: Results, goals: readonly GoalResult[], notes: Notes): string {
  const rows = comparing(results).flatMap((race) => {
    const own = costOf(race, HARBORAGE)
    const bare = costOf(race, BARE)
    const speed = speedOver(race, BARE)
    if (own === undefined || bare === undefined || speed === undefined) return []
    return [
      [
        race.title,
        ENGINE_TITLES[race.engine],
        formatTime(own.median),
        formatTime(bare.median),
        formatSpread(speed),
      ],
    ]
  })
  if (rows.length === 0) return ''
  return [
    '## Next to the bare client',
    `Median time per call; with 32 callers, the time divided by the calls. The ratio is the median of the ratios of the rounds;
above 1, Harborage is faster.`,
    table(['work', 'engine', 'Harborage', 'bare client', 'ratio'], rows),
    ...remarksOn(results, goals, notes),
  ].join('\n\n')
}

/** Returns the remarks on cases that are not goals. */
function remarksOn(
  results: Results,
  goals: readonly GoalResult[],
  notes: Notes,
): readonly string[] {
  return comparing(results).flatMap(({ id, title, engine }) => {
    const note = goals.some((goal) => goal.id === id) ? undefined : notes.get(id)
    return note === undefined ? [] : [`${title}, ${ENGINE_TITLES[engine]}: ${note}`]
  })
}

function peerSection(results: Results): string {
  const rows = comparing(results).flatMap((race) =>
    peersOf(race).flatMap((peer) => {
      const cost = costOf(race, peer)
      const speed = speedOver(race, peer)
      if (cost === undefined || speed === undefined) return []
      return [
        [
          peer,
          race.title,
          ENGINE_TITLES[race.engine],
          formatTime(cost.median),
          formatSpread(speed),
        ],
      ]
    }),
  )
  if (rows.length === 0) return ''
  return [
    '## Next to what people use today',
    'How many times as fast Harborage is.',
    table(['instead', 'work', 'engine', 'its time', 'Harborage to it'], rows),
    'How each one was set up:',
    notesOfContenders(results)
      .map((note) => `- ${note}`)
      .join('\n'),
  ].join('\n\n')
}

/** Returns the notes of all contenders, without duplicates. */
function notesOfContenders(results: Results): readonly string[] {
  const notes = comparing(results).flatMap(({ engine, contenders }) =>
    contenders.flatMap(({ name, note }) =>
      note === undefined ? [] : [`${name} on ${ENGINE_TITLES[engine]}: ${note}.`],
    ),
  )
  return [...new Set(notes)]
}

function turnRateSection(results: Results): string {
  const rows = comparing(results)
    .filter(({ unit, id }) => unit === 'turn' && id.startsWith('replay'))
    .flatMap((race) =>
      race.contenders.flatMap(({ name }) => {
        const cost = costOf(race, name)
        const speed = speedOver(race, name)
        if (cost === undefined || speed === undefined) return []
        const relative = name === HARBORAGE ? '' : formatSpread(speed)
        return [[race.title, ENGINE_TITLES[race.engine], name, formatRate(cost.median), relative]]
      }),
    )
  if (rows.length === 0) return ''
  return [
    '## Replay of recorded runs',
    `${results.replayed}. Harborage keeps a checkpoint per step, every tool result as an artifact and every turn in memory, in one commit
per step; the graph's savers keep a checkpoint per step that holds the conversation so far. One row does the latter with Harborage's state store.`,
    table(['work', 'engine', 'store', 'turns per second', 'Harborage to it'], rows),
  ].join('\n\n')
}

function growthSection(results: Results): string {
  const rows = results.races
    .filter(({ compares }) => compares === 'sizes')
    .flatMap((race) =>
      race.contenders.flatMap(({ name }, index) => {
        const cost = costOf(race, name)
        const reference = race.contenders[0]?.name ?? name
        const relative = costRelativeTo(race, name, reference)
        if (cost === undefined || relative === undefined) return []
        return [
          [
            race.title,
            ENGINE_TITLES[race.engine],
            name,
            formatTime(cost.median),
            index === 0 ? '1' : formatSpread(relative),
          ],
        ]
      }),
    )
  if (rows.length === 0) return ''
  return [
    '## How cost grows',
    'The same work at several sizes, in turns. The last column is the cost relative to the first size: 1 is no growth.',
    table(['work', 'engine', 'size', 'time', 'relative cost'], rows),
  ].join('\n\n')
}

function surveySection({ surveys }: Results, notes: Notes): string {
  const parts = surveys.flatMap(({ id, title, figures }) => {
    if (figures.length === 0) return []
    const note = notes.get(id)
    const rows = figures.map(({ label, value, unit }) => [
      label,
      `${value.toLocaleString('en', { maximumSignificantDigits: 3 })} ${unit}`,
    ])
    return [
      `### ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
      ...(note === undefined ? [] : [note]),
      table(['figure', 'value'], rows),
    ]
  })
  return parts.length === 0 ? '' : ['## Memory and the event loop', ...parts].join('\n\n')
}

function failureSection(results: Results): string {
  const failures = failuresOf(results)
  if (failures.length === 0) return ''
  return ['## Not measured', failures.map((failure) => `- ${failure}`).join('\n')].join('\n\n')
}

function conditions({ machine }: Results): string {
  const settings = Object.entries(machine.postgresSettings)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`)
  return [
    '## The machine',
    [
      `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, ${machine.fileSystem}`,
      `- Node.js ${machine.node}, SQLite ${machine.sqlite} (WAL, synchronous=FULL), PostgreSQL ${machine.postgres} on the same machine (${settings})`,
      `- ${packages.join(', ')}`,
    ].join('\n'),
    'Client and server share the cores, and there is no network between them: over a network round trips weigh more.',
  ].join('\n\n')
}

function comparing({ races }: Results): readonly RaceResult[] {
  return races.filter(({ compares }) => compares === 'contenders')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
