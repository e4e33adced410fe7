import type { Command } from '../command.ts'
import { compareStores } from '../copying/compare-stores.ts'
import { visitPairs } from '../copying/dumping-store.ts'
import { requireStores } from '../copying/targets.ts'
import { exitCodes } from '../exit-codes.ts'
import { printable } from '../output/printable.ts'
import { countOf } from '../output/quantities.ts'
import { openProfile } from '../places/open-profile.ts'

/** Compares all stores of two profiles. */
export const verify: Command = {
  name: 'verify',
  summary: 'Compare every record of two profiles',
  description: [
    'Reads everything in both places, and compares it: content, ids, dates, positions and what is remembered. Exits 3 if anything differs, and says where. It changes nothing.',
    'A record is missing in the second place, extra there, or different. One that is changed meanwhile may be reported. A place without tables is refused.',
  ],
  arguments: [
    { name: 'FROM', says: 'The first profile.' },
    { name: 'TO', says: 'The second profile.' },
  ],
  options: [],
  examples: [{ says: 'After a copy', command: 'harborage verify laptop production' }],
  run: async (run) => {
    const [fromName, toName] = run.arguments
    await using from = await openProfile(await run.readProfile(fromName))
    await using to = await openProfile(await run.readProfile(toName))
    requireStores(from, to)
    const compared = await visitPairs(from.stores, to.stores, {
      visit: (left, right) =>
        compareStores(run, left, right, (difference, place) =>
          run.out.item('difference', { store: left.store, difference, place }, () => {
            const named = printable(JSON.stringify(place))
            return `${left.store.padEnd(10)} ${difference.padEnd(10)} ${named}`
          }),
        ),
    })
    const records = compared.reduce((sum, each) => sum + each.records, 0)
    const differences = compared.reduce((sum, each) => sum + each.differences, 0)
    await run.out.item('verified', { records, differences }, () =>
      differences === 0
        ? `${countOf(records, 'record')} are the same in both places`
        : `${countOf(differences, 'record')} of ${countOf(records, 'record')} differ`,
    )
    return differences === 0 ? exitCodes.done : exitCodes.found
  },
}
