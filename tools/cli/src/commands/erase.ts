import { placeOptions } from '../arguments/global-options.ts'
import { identityOptions, requireSelection } from '../arguments/identity-options.ts'
import type { Command, CommandRun } from '../command.ts'
import { confirmErasure } from '../erasure/confirm-erasure.ts'
import { eraseAll, type Erased } from '../erasure/erase-all.ts'
import { openErasure } from '../erasure/erasure.ts'
import { printPlan } from '../erasure/print-plan.ts'
import { Receipt } from '../erasure/receipt.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { countOf } from '../output/quantities.ts'
import { Stopped } from '../stopped.ts'

/** Erases all of a tenant, a user, a session or a run. */
export const erase: Command = {
  name: 'erase',
  summary: 'Erase a tenant, a user, a session or a run from every place',
  description: [
    'Removes everything of it from every place of the profile: slots, artifacts, conversations, passages and streams. It says first what it will remove, and asks. Of a tenant or a user, the name of the tenant has to be typed. In a script, pass --yes with that name.',
    'Stop the writers first. It counts again at the end: if something is there, a writer was still at work, and it exits 5. It does so as well if a place cannot be reached, fails or has no tables: the others are erased. The same command then erases the rest, also after Ctrl-C.',
    'A receipt says what was there, when what was removed from which place, and what is left, also if it is not complete. The same command goes on with it, and keeps what it says in "earlier". --digest puts a salted digest in the place of the names: the SHA-256 of the salt, in hex, followed by the JSON of [tenant, user, session, run], where a part that was not given is "".',
    'What files, logs and backups still hold is in docs/erasure.md.',
  ],
  arguments: [],
  options: [
    ...identityOptions,
    { name: 'yes', value: 'TENANT', says: 'Does not ask. It has to be the name of the tenant.' },
    { name: 'dry-run', says: 'Says what it would remove, and removes nothing.' },
    {
      name: 'receipt',
      value: 'FILE',
      says: 'Writes a receipt as JSON into a new file that only you can read, or goes on with one that is not complete.',
    },
    { name: 'digest', says: 'The receipt has a salted digest in place of the names.' },
    ...placeOptions,
  ],
  examples: [
    {
      says: 'A user, with a receipt',
      command: 'harborage erase -t acme -u ann --receipt ann.json',
    },
    { says: 'A session, in a script', command: 'harborage erase -t acme -u ann -s s1 --yes acme' },
    { says: 'What would be removed of a tenant', command: 'harborage erase -t acme --dry-run' },
  ],
  run: async (run) => {
    const selection = requireSelection(run.options)
    const profile = await run.readProfile()
    await using erasure = await openErasure(run, profile, selection)
    const planned = await printPlan(run, erasure)
    if (run.options.flag('dry-run')) return erasure.isWhole ? exitCodes.done : exitCodes.incomplete
    if (planned.some(({ records }) => records > 0)) await confirmErasure(run, selection)
    const about = { profile: profile.name ?? null, selection, planned }
    const receipt = await Receipt.begin(run, about)
    const erased = await eraseAll(run, erasure)
    await receipt.finish(erased)
    if (erased.failure === undefined) return await conclude(run, erased)
    if (erased.failure.error instanceof Stopped) {
      const records = countOf(erased.records, 'record')
      run.out.note(`stopped: ${records} remain. The same command erases them.`)
    }
    throw erased.failure.error
  },
}

async function conclude(
  { out }: CommandRun,
  { stores, unreached, isComplete }: Erased,
): Promise<ExitCode> {
  const late = stores.filter(({ remaining = 0 }) => remaining > 0)
  for (const { place, store, remaining = 0 } of late) {
    await out.item('remaining', { place, store, remaining }, () =>
      out.style('red', `${store.padEnd(10)} ${countOf(remaining, 'record')} there again`),
    )
  }
  if (late.length > 0) {
    out.note('writers were still at work: stop them, and run the same command again')
  }
  for (const { label } of unreached) {
    const isBegun = stores.some(({ place }) => place === label)
    out.note(
      isBegun
        ? `${label} failed: what is left there is not known. Run the same command again`
        : `${label} was not reached: nothing was removed there. Run the same command again`,
    )
  }
  if (isComplete) out.note('nothing is left of it')
  return isComplete ? exitCodes.done : exitCodes.incomplete
}
