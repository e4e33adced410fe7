import type { Finding, FindingGrade } from '@harborage/core'
import { placeOptions } from '../arguments/global-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { Command, CommandRun } from '../command.ts'
import { examinePlace } from '../doctor/examine-place.ts'
import { exitCodes } from '../exit-codes.ts'
import { hintOf } from '../hint-of.ts'
import { printable } from '../output/printable.ts'
import { wrapText } from '../output/wrap-text.ts'
import type { Place } from '../profile/profile.ts'

/** Finds what would lose data, fail or slow down. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Find what would lose data, fail or slow down',
  description: [
    'Examines each place of the profile as opening it does, and further: rights, row security, triggers, poolers, connections, clocks, missing tables, tables that were never analyzed, a long log, tables of another release, conversations under several strategies, and rows that belong to nothing. It changes nothing.',
    'Each finding has a grade: it loses data, fails or slows. Exits 3 if there is any.',
  ],
  arguments: [],
  options: [
    { name: 'replicas', value: 'N', says: 'How many processes use the database. Default: 1.' },
    {
      name: 'connections',
      value: 'N',
      says: 'The connections of each, which is max of openPostgres. Default: 10.',
    },
    ...placeOptions,
  ],
  examples: [
    { says: 'Before a deployment', command: 'harborage doctor --profile production --replicas 8' },
    { says: 'A file in a container', command: 'harborage doctor --database sqlite:/app/agent.db' },
  ],
  run: async (run) => {
    const { places } = await run.readProfile()
    const connections = atLeastOne(run, 'replicas', 1) * atLeastOne(run, 'connections', 10)
    let count = 0
    for (const place of places) {
      run.signal.throwIfAborted()
      const findings = await examinePlace(place, connections)
      for (const finding of findings.toSorted((one, other) => rank(one) - rank(other))) {
        await print(run, place, finding)
      }
      if (findings.length === 0) await printHealthy(run, place)
      count += findings.length
    }
    return count > 0 ? exitCodes.found : exitCodes.done
  },
}

function atLeastOne({ options }: CommandRun, name: string, byDefault: number): number {
  const value = options.count(name) ?? byDefault
  if (value > 0) return value
  throw wrongUsage(`--${name} is 0: write one of at least 1`)
}

const grades: Readonly<Record<FindingGrade, { readonly says: string; readonly rank: number }>> = {
  loses_data: { says: 'loses data', rank: 0 },
  fails: { says: 'fails', rank: 1 },
  slows: { says: 'slows', rank: 2 },
}

function rank({ grade }: Finding): number {
  return grades[grade].rank
}

async function print({ out }: CommandRun, { label }: Place, finding: Finding): Promise<void> {
  const { name, grade, mayPass = false } = finding
  const message = finding.message + hintOf(finding)
  await out.item('finding', { place: label, name, grade, message, mayPass }, () => {
    const color = grade === 'slows' ? 'yellow' : 'red'
    const head = `${out.style(color, grades[grade].says)}  ${out.style('bold', name)}  ${out.style('dim', label)}`
    const lines = wrapText(printable(message), out.width - 2).map((line) => `  ${line}`)
    return [head, ...lines].join('\n')
  })
}

async function printHealthy({ out }: CommandRun, { label }: Place): Promise<void> {
  await out.item('healthy', { place: label }, () => `${out.style('green', 'healthy')}  ${label}`)
}
