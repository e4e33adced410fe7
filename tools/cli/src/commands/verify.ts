import { isHarborageError } from '@harborage/core'
import { pairOptions } from '../arguments/global-options.ts'
import type { Command, CommandRun } from '../command.ts'
import { compareStores, type Comparison, type Difference } from '../copying/compare-stores.ts'
import { visitPairs, type DumpingStore } from '../copying/dumping-store.ts'
import { requireStores } from '../copying/targets.ts'
import { exitCodes } from '../exit-codes.ts'
import { printable } from '../output/printable.ts'
import { countOf, countText } from '../output/quantities.ts'
import { countWork } from '../places/count-work.ts'
import { openProfile } from '../places/open-profile.ts'

/** How many differences of a store are printed as text. */
const SHOWN = 20

/** Compares all stores of two profiles. */
export const verify: Command = {
  name: 'verify',
  summary: 'Compare every record of two profiles',
  description: [
    'Reads everything in both places, and compares it: content, ids, dates, positions and what is remembered. Exits 3 if anything differs, and says where. It changes nothing. If a store cannot be read to its end, the others are compared, and it exits 1.',
    `Prints the first ${SHOWN} differences of each store and counts the others; --all and --json print each.`,
    'A record is missing in the second place, extra there, different, or damaged in either place. One that is changed meanwhile may be reported. A place without tables is refused.',
  ],
  arguments: [
    { name: 'FROM', says: 'The first profile.' },
    { name: 'TO', says: 'The second profile.' },
  ],
  options: [
    { name: 'all', says: 'Prints each difference, however many there are.' },
    ...pairOptions,
  ],
  examples: [
    { says: 'After a copy', command: 'harborage verify laptop production' },
    {
      says: 'Every difference, into a file',
      command: 'harborage verify laptop production --all > differences.txt',
    },
  ],
  run: async (run) => {
    const [fromName, toName] = run.arguments
    await using from = await openProfile(await run.readProfile(fromName))
    await using to = await openProfile(await run.readProfile(toName))
    requireStores(from, to)
    const totals = await countWork(run, from.places, 'dumped')
    const results = await visitPairs(from.stores, to.stores, {
      visit: (left, right) => compareAs(run, left, right, totals.get(right.store)),
    })
    const compared = results.filter((each) => each !== undefined)
    const records = compared.reduce((sum, each) => sum + each.records, 0)
    const differences = compared.reduce((sum, each) => sum + each.differences, 0)
    await run.out.item('verified', { records, differences }, () =>
      differences === 0
        ? `${countOf(records, 'record')} are the same in both places`
        : `${countOf(differences, 'record')} of ${countOf(records, 'record')} differ`,
    )
    if (compared.length < results.length) return exitCodes.failed
    return differences === 0 ? exitCodes.done : exitCodes.found
  },
}

/** Compares a store. Resolves to `undefined`, and says why, if it cannot be read to its end. */
async function compareAs<Dumped extends object, Place extends object>(
  run: CommandRun,
  left: DumpingStore<Dumped, Place>,
  right: DumpingStore<Dumped, Place>,
  total: number | undefined,
): Promise<Comparison | undefined> {
  const { store } = right
  const { out } = run
  const most = out.isJson || run.options.flag('all') ? Number.POSITIVE_INFINITY : SHOWN
  let differences = 0
  const found = async (difference: Difference, place: Place): Promise<void> => {
    differences += 1
    if (differences > most) return
    await out.item('difference', { store, difference, place }, () => {
      const named = printable(JSON.stringify(place))
      return `${store.padEnd(10)} ${difference.padEnd(10)} ${named}`
    })
  }
  const sayOthers = async (): Promise<void> => {
    if (differences <= most) return
    const others = `${store.padEnd(10)} and ${countText(differences - most)} more: --all prints each`
    await out.line(out.style('dim', others))
  }
  try {
    const compared = await compareStores(run, left, right, { found, total })
    await sayOthers()
    return compared
  } catch (error) {
    await sayOthers()
    if (!isHarborageError(error)) throw error
    const { code, message } = error
    out.error(store, { code, message: `not compared to its end: ${message}` })
    return undefined
  }
}
