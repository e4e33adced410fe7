import { placeOptions } from '../arguments/global-options.ts'
import { identityOptions, selectionOf } from '../arguments/identity-options.ts'
import { CommandFailure } from '../command-failure.ts'
import type { Command, CommandRun } from '../command.ts'
import { requireWholeCopy } from '../copying/copy-marker.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { HeldLease } from '../leasing/held-lease.ts'
import { countOf, countText } from '../output/quantities.ts'
import { countWork } from '../places/count-work.ts'
import { openProfile } from '../places/open-profile.ts'
import { requireTables } from '../places/require-tables.ts'
import { thingOf } from '../profile/profile.ts'
import { rulesOf } from '../pruning/prune-rules.ts'
import { pruneStores, type PrunedStore, type Pruning } from '../pruning/prune-stores.ts'
import { LEASE_KIND, ownerOfPrune, slotsOfPrune } from '../pruning/slots-of-prune.ts'
import { Stopped } from '../stopped.ts'

/** Removes what is old, what is not among the newest, and what has expired. */
export const prune: Command = {
  name: 'prune',
  summary: 'Remove what is old, not among the newest, or expired',
  description: [
    'Removes slots that were not saved, artifacts that were not put, conversations to which no turn was added, passages none of whose collection is newer and streams to which nothing was appended for an age; or all but the newest of each: slots and streams of an owner, artifacts of a scope, conversations and collections of a user. With both, what is older and not among the newest goes. Slots, artifacts and streams that have expired go in any case. Without --tenant it is about all tenants.',
    'By age or number it asks for --kind: what an adapter keeps may depend on older data. LangGraph reads old values for new checkpoints, so its data is shortened by pruneThread. Leases that are held stay.',
    'It works in batches beside the programs that use the stores: what they change meanwhile stays. After Ctrl-C it ends with the current batch, and the same command goes on. Two at once are kept apart by a lease in the state store: the second one exits 6, and so does one that stood still until another one took its lease.',
    'From cron, use --quiet, which prints errors only. It exits 5 if a store failed and the others were pruned, and with --dry-run 3 if it would remove something.',
  ],
  arguments: [],
  options: [
    {
      name: 'older-than',
      value: 'AGE',
      says: 'What was not changed for this long: a number with s, m, h, d or w, such as 30d.',
    },
    { name: 'keep-latest', value: 'N', says: 'Keeps the newest N: 1 to 10,000.' },
    { name: 'expired', says: 'Only what has expired, if neither of these is given.' },
    {
      name: 'kind',
      value: 'TEXT',
      says: 'Only slots and streams whose name begins with this, artifacts of this namespace and passages of this collection. Conversations are left out then.',
    },
    {
      name: 'all-kinds',
      says: 'All kinds, namespaces, names and collections, and conversations: if no adapter keeps anything here.',
    },
    { name: 'dry-run', says: 'Says what it would remove, and removes nothing.' },
    { name: 'quiet', short: 'q', says: 'Prints errors only.' },
    ...identityOptions,
    ...placeOptions,
  ],
  examples: [
    {
      says: 'What would go',
      command: 'harborage prune --older-than 90d --kind draft. --dry-run',
    },
    {
      says: 'Each night, from cron',
      command: 'harborage prune --expired --quiet -p production',
    },
    {
      says: 'The newest 20 checkpoints of each run of a tenant',
      command: 'harborage prune --keep-latest 20 --kind run.checkpoint/ -t acme',
    },
  ],
  run: async (run) => {
    const { options } = run
    const rules = rulesOf(options)
    const selection = selectionOf(options)
    const dryRun = options.flag('dry-run')
    const access = dryRun ? 'read' : 'write'
    await using profile = await openProfile(await run.readProfile(), { access })
    requireTables('the profile', profile, 'failed')
    const { state } = profile.stores
    await requireWholeCopy(state)
    // Before the lease is taken: while SQLite counts, nothing renews it.
    const totals = await countWork(run, profile.places, 'deleted', selection)
    const pruning = { profile, selection, rules, dryRun, totals }
    if (state === undefined || dryRun) return await pruneAll(run, pruning)
    const at = { owner: ownerOfPrune, kind: LEASE_KIND }
    const lease = await HeldLease.take(state, at, 'another prune is at work: wait for its end')
    let code: ExitCode
    let isHeld = false
    try {
      code = await pruneAll(run, pruning)
    } finally {
      lease.end()
      isHeld = await lease.commit({ delete: slotsOfPrune })
    }
    if (isHeld) return code
    throw new CommandFailure(
      'busy',
      'another prune began meanwhile, since this one stood still for longer than its lease lasts: what each of them says was removed. Wait for the end of the other one',
    )
  },
}

async function pruneAll(run: CommandRun, pruning: Pruning): Promise<ExitCode> {
  const { out } = run
  const pruned: PrunedStore[] = []
  try {
    for await (const store of pruneStores(run, pruning)) {
      pruned.push(store)
      await print(run, store, pruning)
    }
  } catch (error) {
    if (error instanceof Stopped) {
      out.note('stopped: what is left remains. The same command removes it.')
    }
    throw error
  }
  if (pruned.some(({ isWhole }) => !isWhole)) return exitCodes.incomplete
  const isFound = pruning.dryRun && pruned.some((each) => each.pruned > 0)
  return isFound ? exitCodes.found : exitCodes.done
}

async function print(
  { out, options }: CommandRun,
  { store, examined, pruned }: PrunedStore,
  { dryRun }: Pruning,
): Promise<void> {
  if (options.flag('quiet')) return
  await out.item('pruned', { store, examined, pruned, dryRun }, () => {
    const done = dryRun ? 'would be removed' : 'removed'
    return `${store.padEnd(10)} ${countOf(pruned, thingOf[store])} of ${countText(examined)} ${done}`
  })
}
