import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database } from '@harborage/core'
import type { SqlDatabase } from '@harborage/core/sql'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { placeOptions } from '../arguments/global-options.ts'
import type { Command, CommandRun } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { readLedger } from '../places/ledger.ts'
import { atPlace } from '../places/at-place.ts'
import { openArtifactFolder } from '../places/open-artifact-folder.ts'
import { openDatabase } from '../places/open-database.ts'
import { subsystemOf } from '../places/subsystems.ts'
import type { Place, StoreName } from '../profile/profile.ts'

/** Applies the pending migrations of every store of a profile. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'Make or update the tables of all stores',
  description: [
    'Applies the pending migrations of each store of the profile, and makes the folder of artifacts. Each store is migrated in one transaction: if it fails, nothing of it was applied.',
    'Programs that use the stores may go on meanwhile. Those of an older release refuse to open afterwards.',
  ],
  arguments: [],
  options: [
    { name: 'dry-run', says: 'Says what is pending, and changes nothing. Exits 3 if anything is.' },
    ...placeOptions,
  ],
  examples: [
    {
      says: 'Make the tables in a new file',
      command: 'harborage migrate --database sqlite:./agent.db',
    },
    {
      says: 'See what a release would change',
      command: 'harborage migrate --profile production --dry-run',
    },
  ],
  run: async (run) => {
    const { name, places } = await run.readProfile()
    const isDryRun = run.options.flag('dry-run')
    let pending = 0
    for (const place of places) {
      run.signal.throwIfAborted()
      pending += await atPlace(place, name, () =>
        place.kind === 'fs'
          ? migrateFolder(run, place, isDryRun)
          : migrateDatabase(run, place, isDryRun),
      )
    }
    return isDryRun && pending > 0 ? exitCodes.found : exitCodes.done
  },
}

async function migrateDatabase(run: CommandRun, place: Place, isDryRun: boolean): Promise<number> {
  await using database = await openDatabase(place, { access: isDryRun ? 'read' : 'write' })
  let pending = 0
  for (const store of place.stores) {
    run.signal.throwIfAborted()
    pending += await migrateStore(run, { place, database, store }, isDryRun)
  }
  return pending
}

async function migrateStore(
  run: CommandRun,
  at: { readonly place: Place; readonly database: SqlDatabase; readonly store: StoreName },
  isDryRun: boolean,
): Promise<number> {
  const { place, database, store } = at
  const before = await readLedger(database, await subsystemOf(store))
  if (!isDryRun) await applyTo(database, store)
  await say(run, place, { store, migrations: before.pending, isDryRun })
  return before.pending.length
}

async function migrateFolder(run: CommandRun, place: Place, isDryRun: boolean): Promise<number> {
  if (isDryRun) return 0
  await using _ = await openArtifactFolder(place, 'apply')
  await say(run, place, { store: 'artifacts', migrations: [], isDryRun })
  return 0
}

/** Opens a store, which applies its migrations, and closes it. */
async function applyTo(database: Database, store: StoreName): Promise<void> {
  const options = { database, migrate: 'apply' } as const
  const opened = await openers[store](options)
  await opened.close()
}

interface Opening {
  readonly database: Database
  readonly migrate: 'apply'
}

const openers: Readonly<
  Record<StoreName, (options: Opening) => Promise<{ close(): Promise<void> }>>
> = {
  state: openStateStore,
  artifacts: openArtifactStore,
  memory: (options) => openMemoryStore({ ...options, bus: createEventBus() }),
  journal: openJournalStore,
}

function say(
  { out }: CommandRun,
  { label }: Place,
  done: {
    readonly store: StoreName
    readonly migrations: readonly string[]
    readonly isDryRun: boolean
  },
): Promise<void> {
  const { store, migrations, isDryRun } = done
  const type = isDryRun ? 'pending' : 'migrated'
  return out.item(type, { place: label, store, migrations }, () => {
    const [first, last] = [migrations[0], migrations.at(-1)]
    const place = out.style('dim', label)
    if (first === undefined) return `${store.padEnd(10)} up to date  ${place}`
    const says = isDryRun ? out.style('yellow', 'pending ') : out.style('green', 'migrated')
    const names = first === last ? first : `${first} to ${last ?? first}`
    return `${store.padEnd(10)} ${says}    ${names}  ${place}`
  })
}
