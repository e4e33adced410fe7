import type { DeleteAllOptions, DeleteAllResult, Subtree } from '@harborage/core'
import { subtreeOf } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { Progress } from '../output/progress.ts'
import { countOf } from '../output/quantities.ts'
import { countWork } from '../places/count-work.ts'
import { storeNames, thingOf, type StoreName } from '../profile/profile.ts'
import type { ErasedPlace, Erasure } from './erasure.ts'

/** What was erased of a store. */
export interface ErasedStore {
  readonly place: string
  readonly store: StoreName
  /** How many slots, artifacts, conversations or streams were removed, at least. */
  readonly deleted: number
  /** How many are there again. `undefined` if they could not be counted. */
  readonly remaining: number | undefined
}

interface Erasing {
  deleteAll(subtree: Subtree, options?: DeleteAllOptions): Promise<DeleteAllResult>
}

/**
 * Erases the selection from the stores of a place, and yields what was erased of each. A wide one
 * goes in batches: it ends after the current batch when the command is stopped. Of a store that
 * fails it yields what was erased before.
 */
export async function* eraseStores(
  run: CommandRun,
  { label, open }: ErasedPlace,
  { selection }: Erasure,
): AsyncIterable<ErasedStore> {
  const { state, artifacts, memory, journal } = open.stores
  const stores: Readonly<Record<StoreName, Erasing | undefined>> = {
    state,
    artifacts,
    memory: memory?.store,
    journal,
  }
  const totals = await countWork(run, [open], 'deleted', selection)
  for (const store of storeNames) {
    const opened = stores[store]
    if (opened === undefined) continue
    run.signal.throwIfAborted()
    const progress = new Progress(run.streams.stderr, `erasing ${store}`, totals.get(store))
    let deleted = 0
    let result: DeleteAllResult
    try {
      result = await opened.deleteAll(subtreeOf(selection), {
        onProgress: (made) => {
          deleted = made.deleted
          progress.show(deleted)
          run.signal.throwIfAborted()
        },
      })
    } catch (error) {
      yield { place: label, store, deleted, remaining: undefined }
      throw error
    } finally {
      progress.end()
    }
    yield { place: label, store, ...result }
    await run.out.item('erased', { place: label, store, deleted }, () => {
      const much = countOf(deleted, thingOf[store])
      const what = store === 'memory' ? `${much} and all passages` : much
      return `${store.padEnd(10)} ${what} removed  ${run.out.style('dim', label)}`
    })
  }
}
