import { identityOptions, selectionOf } from '../arguments/identity-options.ts'
import { placeOptions } from '../arguments/global-options.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { listContents } from '../listing/list-contents.ts'
import { listOwners } from '../listing/list-owners.ts'
import { openProfile } from '../places/open-profile.ts'

/** Lists tenants, users, sessions and runs, and what belongs to each. */
export const ls: Command = {
  name: 'ls',
  summary: 'List tenants, users, sessions, runs and what they have',
  description: [
    'Without options it lists the tenants of all stores. With --tenant it lists the users of the tenant and what belongs to the tenant itself; with --user the sessions; with --session the runs; with --run what belongs to the run.',
    'Exits 4 if there is nothing.',
  ],
  arguments: [],
  options: [
    ...identityOptions,
    { name: 'prefix', value: 'TEXT', says: 'Only slots and streams whose name begins with this.' },
    { name: 'limit', value: 'N', says: 'At most this many of each sort. Default: all.' },
    ...placeOptions,
  ],
  examples: [
    { says: 'All tenants', command: 'harborage ls' },
    { says: 'The sessions of a user', command: 'harborage ls --tenant acme --user ann' },
    { says: 'What a session has', command: 'harborage ls -t acme -u ann -s s1' },
  ],
  run: async (run) => {
    const selection = selectionOf(run.options)
    const limit = run.options.count('limit')
    await using profile = await openProfile(await run.readProfile())
    let count = await listOwners(run, profile.stores, selection, limit)
    if (selection !== undefined) {
      const prefix = run.options.text('prefix') ?? ''
      count += await listContents(run, profile.stores, { selection, prefix, limit })
    }
    if (count > 0) return exitCodes.done
    run.out.note('there is nothing there')
    return exitCodes.absent
  },
}
