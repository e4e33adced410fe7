import { pairOptions } from '../arguments/global-options.ts'
import type { Command, CommandRun } from '../command.ts'
import { CommandFailure, wrongUsage } from '../command-failure.ts'
import { compareStores } from '../copying/compare-stores.ts'
import { CopyMarker, digestOf, requireWholeCopy } from '../copying/copy-marker.ts'
import { copyStore } from '../copying/copy-store.ts'
import { visitPairs } from '../copying/dumping-store.ts'
import { examineTarget, requireStores } from '../copying/targets.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { countOf } from '../output/quantities.ts'
import { countWork, type WorkCounts } from '../places/count-work.ts'
import { openProfile, type OpenProfile } from '../places/open-profile.ts'
import { Stopped } from '../stopped.ts'

/** Copies all stores of a profile to another place. */
export const copy: Command = {
  name: 'copy',
  summary: 'Copy all stores from one profile to another, between any engines',
  description: [
    'Copies slots, artifacts, conversations, passages and streams with all that later calls depend on: event ids, dates, turn ids, positions. Then it compares every record of both places.',
    'Stop the writers first: if the source is changed meanwhile, the comparison finds it, and the command fails. The target has to be empty, or to hold this copy or a part of it. Run harborage migrate for it before.',
    'After Ctrl-C or a crash, the same command goes on where it was. Once all was copied, it compares both places again, and exits 0 if they are the same. While it is not complete, the target holds a marker in the tenant harborage.copy.',
    'What is remembered of steps (stepId) for 7 days is not copied: repeat no step across a copy.',
  ],
  arguments: [
    { name: 'FROM', says: 'The profile to copy.' },
    { name: 'TO', says: 'The profile of the target.' },
  ],
  options: [...pairOptions],
  examples: [
    { says: 'From a file to a server', command: 'harborage copy laptop production' },
    { says: 'Compare them later', command: 'harborage verify laptop production' },
  ],
  run: async (run) => {
    const [fromName, toName] = run.arguments
    const [source, target] = [await run.readProfile(fromName), await run.readProfile(toName)]
    if (digestOf(source) === digestOf(target)) {
      throw wrongUsage('FROM and TO are the same place: name the profile of another one as TO')
    }
    await using from = await openProfile(source)
    await using to = await openProfile(target, { access: 'write' })
    requireStores(from, to)
    await requireWholeCopy(from.stores.state)
    const { state } = to.stores
    if (state === undefined) {
      throw new CommandFailure(
        'usage',
        'the target has no state store, which keeps the marker of a copy',
      )
    }
    // Before the lease is taken: while SQLite counts, nothing renews it.
    const totals = await countWork(run, from.places, 'dumped')
    let compared = 0
    const marker = await CopyMarker.take(state, source, async () => {
      const { content, records } = await examineTarget(run, { from, to, totals })
      compared = records
      return content
    })
    if (marker === undefined) {
      run.out.note(`all was copied before: ${sameText(compared)}`)
      return exitCodes.done
    }
    try {
      return await copyAll(run, { from, to, marker, totals })
    } catch (error) {
      if (error instanceof Stopped) {
        run.out.note('stopped: the copy is not complete. The same command goes on with it.')
      }
      throw error
    } finally {
      await marker.release()
    }
  },
}

/** What a copy needs. */
interface Copying {
  readonly from: OpenProfile
  readonly to: OpenProfile
  readonly marker: CopyMarker
  /** The records of the source. */
  readonly totals: WorkCounts
}

async function copyAll(run: CommandRun, { from, to, marker, totals }: Copying): Promise<ExitCode> {
  await visitPairs(from.stores, to.stores, {
    visit: async (left, right) => {
      const { store, loaded } = await copyStore(run, left, right, {
        marker,
        total: totals.get(right.store),
      })
      await run.out.item(
        'copied',
        { store, loaded },
        () => `${store.padEnd(10)} ${countOf(loaded, 'record')} copied`,
      )
    },
  })
  const compared = await visitPairs(from.stores, to.stores, {
    visit: (left, right) =>
      compareStores(run, left, right, {
        found: async () => {},
        total: totals.get(right.store),
      }),
  })
  const differences = compared.reduce((sum, each) => sum + each.differences, 0)
  if (differences > 0) {
    // What was added meanwhile is before the end.
    await marker.save(undefined)
    throw new CommandFailure(
      'failed',
      `${countOf(differences, 'record')} changed while it was copied: stop what writes to the source and the target, and run the same command again. If it fails again, copy into an empty place`,
    )
  }
  await marker.remove()
  const records = compared.reduce((sum, each) => sum + each.records, 0)
  run.out.note(sameText(records))
  return exitCodes.done
}

function sameText(records: number): string {
  return `${countOf(records, 'record')} are the same in both places`
}
