import { isHarborageError } from '@harborage/core'
import type { SqlDatabase } from '@harborage/core/sql'
import { placeOptions } from '../arguments/global-options.ts'
import type { Command, CommandRun } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { JsonFields } from '../output/output.ts'
import { printable } from '../output/printable.ts'
import { bytesText, countOf, countText } from '../output/quantities.ts'
import { countRecords, type RecordCount } from '../places/count-records.ts'
import { describeEngine, type EngineFacts } from '../places/describe-engine.ts'
import { describeFolder } from '../places/describe-folder.ts'
import { isBegun, readLedger, type Ledger } from '../places/ledger.ts'
import { openDatabase } from '../places/open-database.ts'
import { subsystemOf } from '../places/subsystems.ts'
import type { Place, StoreName } from '../profile/profile.ts'

/** Shows which version and how much is in each place. */
export const status: Command = {
  name: 'status',
  summary: 'Show the version and the size of every store',
  description: [
    'Shows for each place of the profile the engine with its version and size, and for each store its migrations and how much it has. It works on tables of older and newer releases too, and on those that lost a table.',
    'What has expired is counted, too, and it is said how much of it has: harborage ls leaves it out, and harborage prune --expired removes it.',
    'Exits 3 if a store is not as this release needs it or a place has no tables of any, and 1 if a place cannot be reached.',
  ],
  arguments: [],
  options: [...placeOptions],
  examples: [
    { says: 'Look at a file', command: 'harborage status --database sqlite:./agent.db' },
    { says: 'In a script', command: 'harborage status --profile production --json' },
  ],
  run: async (run) => {
    const { places } = await run.readProfile()
    const verdicts: Verdict[] = []
    for (const place of places) {
      run.signal.throwIfAborted()
      verdicts.push(await showPlace(run, place))
    }
    if (verdicts.includes('unreached')) return exitCodes.failed
    return verdicts.includes('unfit') ? exitCodes.found : exitCodes.done
  },
}

/** What became of a place: as it should be, not as this release needs it, or not reached. */
type Verdict = 'fit' | 'unfit' | 'unreached'

async function showPlace(run: CommandRun, place: Place): Promise<Verdict> {
  try {
    return place.kind === 'fs' ? await showFolder(run, place) : await showDatabase(run, place)
  } catch (error) {
    if (!isHarborageError(error)) throw error
    run.out.error(place.label, { code: error.code, message: error.message })
    return 'unreached'
  }
}

async function showFolder({ out }: CommandRun, place: Place): Promise<Verdict> {
  const { expired, ...folder } = await describeFolder(place)
  const { label } = place
  await out.item('place', { place: label, ...folder }, () => {
    if (!folder.exists)
      return `${out.style('bold', label)}  does not exist: harborage migrate makes it`
    return `${out.style('bold', label)}  ${bytesText(folder.bytes)}`
  })
  if (!folder.exists) return 'unfit'
  const counts = [{ things: 'artifacts', count: folder.artifacts, expired }]
  await out.item(
    'store',
    { place: label, store: 'artifacts', state: 'current', ...countFields(counts) },
    () => `  ${'artifacts'.padEnd(10)} current      ${countsText(counts)}`,
  )
  return 'fit'
}

async function showDatabase(run: CommandRun, place: Place): Promise<Verdict> {
  await using database = await openDatabase(place)
  await showEngine(run, place, await describeEngine(database))
  const states: StoreState[] = []
  for (const store of place.stores) {
    run.signal.throwIfAborted()
    states.push(await showStore(run, { place, database, store }))
  }
  // A store that is not used has no tables. A place without any is more likely a wrong DSN.
  const isFit = states.every((state) => state === 'current' || state === 'absent')
  return isFit && states.includes('current') ? 'fit' : 'unfit'
}

async function showEngine(
  { out }: CommandRun,
  { label }: Place,
  facts: EngineFacts | undefined,
): Promise<void> {
  if (facts === undefined) {
    const text = `${out.style('bold', label)}  does not exist yet: harborage migrate makes it`
    await out.item('place', { place: label, exists: false }, () => text)
    return
  }
  const { engine, name, schema, bytes } = facts
  const known = { place: label, exists: true, engine, database: name, schema, bytes }
  await out.item('place', known, () => {
    const where = name === undefined ? label : `${label}, database ${printable(name)}`
    return `${out.style('bold', where)}  ${printable(engine)}, ${bytesText(bytes)}`
  })
}

/** What a store is like for this release. */
type StoreState = 'current' | 'absent' | 'outdated' | 'too new' | 'broken'

/** Shows a store, and resolves to what it is like. */
async function showStore(
  { out }: CommandRun,
  at: { readonly place: Place; readonly database: SqlDatabase; readonly store: StoreName },
): Promise<StoreState> {
  const { place, database, store } = at
  const ledger = await readLedger(database, await subsystemOf(store))
  const counts = isBegun(ledger) ? await countRecords(database, store, isOfRelease(ledger)) : []
  const state = stateOf(ledger, counts)
  const fields = {
    place: place.label,
    store,
    state,
    ...ledger,
    ...countFields(counts),
  }
  await out.item('store', fields, () => {
    const color = state === 'current' ? 'green' : state === 'absent' ? 'dim' : 'yellow'
    const says = out.style(color, state.padEnd(9))
    return `  ${store.padEnd(10)} ${says}    ${summaryOf(state, ledger, counts)}`
  })
  return state
}

function isOfRelease({ unknown, pending }: Ledger): boolean {
  return unknown.length === 0 && pending.length === 0
}

function stateOf(ledger: Ledger, counts: readonly RecordCount[]): StoreState {
  if (!isBegun(ledger)) return 'absent'
  if (ledger.unknown.length > 0) return 'too new'
  if (ledger.pending.length > 0) return 'outdated'
  return counts.some(({ count }) => count === undefined) ? 'broken' : 'current'
}

function summaryOf(state: StoreState, ledger: Ledger, counts: readonly RecordCount[]): string {
  if (state === 'absent') return 'has no tables here: harborage migrate makes them'
  const much = countsText(counts)
  switch (state) {
    case 'outdated':
      return `${much}; pending: ${ledger.pending.join(', ')} (harborage migrate)`
    case 'too new':
      return `${much}; of a newer release: ${printable(ledger.unknown.join(', '))} (update @harborage/cli)`
    case 'broken':
      return `${much}: restore it from a backup`
    case 'current':
      return much
  }
}

/** Returns what a line of `--json` has of counts: those of all, and of what has expired. */
function countFields(counts: readonly RecordCount[]): JsonFields {
  const expiring = counts.filter(({ expired }) => expired !== undefined)
  return {
    counts: Object.fromEntries(counts.map(({ things, count }) => [things, count ?? null])),
    expired: Object.fromEntries(expiring.map(({ things, expired }) => [things, expired])),
  }
}

function countsText(counts: readonly RecordCount[]): string {
  return counts
    .map(({ things, count, expired = 0 }) => {
      if (count === undefined) return `no table of ${things}`
      const all = countOf(count, thingOf(things), things)
      return expired === 0 ? all : `${all} (${countText(expired)} expired)`
    })
    .join(', ')
}

/** Returns the name of one of several things. */
function thingOf(things: string): string {
  return things.endsWith('ies') ? `${things.slice(0, -3)}y` : things.slice(0, -1)
}
