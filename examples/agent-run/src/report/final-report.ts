import type { Account } from '../account/account.ts'
import { byteSize, counted, dollars, grouped } from '../account/numbers.ts'
import { keepBeginning, LINE_WIDTH, printable, wrapped } from '@harborage/example-kit/columns'
import { bold, dim, green, red } from '@harborage/example-kit/style'

const MOST_FAULTS_SHOWN = 5

const kindMeanings: Readonly<Record<string, string>> = {
  'run.manifest': 'one: what the run is about',
  'session.plan': 'per session: every step, with event id',
  'session.lifecycle': 'per session: planned, running or done',
  'session.cost': 'per session: a running sum of the costs',
  'task.checkpoint': 'per task: how many steps are done',
  'task.step/…': 'per step: what it produced, by event id',
}

/** Returns the summary of the work and the stored data, all of it read back from the database. */
export function storedLines({
  kinds,
  actions,
  totals,
  artifacts,
  conversations,
}: Account): string[] {
  const kindWidth = Math.max(...kinds.map(({ kind }) => kind.length)) + 2
  const actionWidth = Math.max(...actions.map(({ action }) => action.length)) + 2
  const shared =
    totals.sharedSessions === 0 ? '' : `, ${totals.sharedSessions} of them by more than one worker`
  return [
    bold('What the agent did'),
    ...actions.map(({ action, times, finding = '' }) => {
      const beginning = `  ${printable(action).padEnd(actionWidth)}${grouped(times).padStart(6)}   `
      return beginning + dim(keepBeginning(finding, LINE_WIDTH - beginning.length))
    }),
    `  ${counted(totals.steps, 'step')} of ${counted(totals.tasks, 'task')} in ${counted(totals.sessions, 'session')}${shared}`,
    `  ${byteSize(totals.bytes)} read, about ${counted(totals.tokens, 'token')}: ${dollars(totals.microUsd)} if a model had read them`,
    '',
    `${bold('What is stored')}  ${dim('in the table state_records')}`,
    dim(`  ${'kind'.padEnd(kindWidth)}${'slots'.padStart(6)}${'size'.padStart(11)}`),
    ...kinds.map(
      ({ kind, slots, bytes }) =>
        `  ${kind.padEnd(kindWidth)}${grouped(slots).padStart(6)}${byteSize(bytes).padStart(11)}   ${dim(kindMeanings[kind] ?? '')}`,
    ),
    '',
    `${bold('What is remembered')}  ${dim('in the table memory_state, under rolling_summary')}`,
    `  ${counted(conversations.summarized, 'turn')} in summaries, ${grouped(conversations.verbatim)} word by word: about ${counted(conversations.tokens, 'token')} in all`,
    '',
    ...artifactLines(artifacts),
  ].flatMap(wrapped)
}

/** Returns the line about heavy outputs, and how much sharing saved. */
function artifactLines({ stored, storedBytes, steps, stepBytes }: Account['artifacts']): string[] {
  if (stored === 0) return []
  return [
    `${bold('What was too heavy for a slot')}  ${dim('in the table artifacts_blobs')}`,
    `  ${counted(steps, 'result')} above 32 KiB, ${byteSize(stepBytes)} in all, ${steps === 1 ? 'is' : 'are'} kept as ${counted(stored, 'artifact')} of ${byteSize(storedBytes)}`,
    `  equal content is stored once per session: ${byteSize(Math.max(stepBytes - storedBytes, 0))} saved`,
    '',
  ]
}

/** Returns the results of the checks. */
export function proofLines({ checks }: Account): string[] {
  return [
    `${bold('The proof')}  ${dim('by a fresh process, from the database, the files and the log of acknowledgements')}`,
    ...checks.flatMap(({ claim, faults }) =>
      faults.length === 0 ? [`  ${green('✓')} ${claim}`] : failedLines(claim, faults),
    ),
    '',
  ].flatMap(wrapped)
}

function failedLines(claim: string, faults: readonly string[]): string[] {
  const [subject = claim] = claim.split(':')
  const more = faults.length - MOST_FAULTS_SHOWN
  return [
    red(`  ✗ NOT TRUE that ${subject}`),
    ...faults.slice(0, MOST_FAULTS_SHOWN).map((fault) => `      ${printable(fault)}`),
    ...(more > 0 ? [`      and ${more} more`] : []),
  ]
}
