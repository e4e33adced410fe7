import { allOfUser } from '@harborage/core'
import type { StateRecord, StateStore } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { MemorySaver, uuid6 } from '@langchain/langgraph-checkpoint'

import { importThreads } from '../../../src/import/import-threads.ts'
import { saverThreads } from '../../../src/import/saver-threads.ts'
import { HarborageSaver } from '../../../src/saver/harborage-saver.ts'
import { HarborageStore } from '../../../src/store/harborage-store.ts'
import { doRuns } from '../../import/support/review-runs.ts'
import { put, threadConfig } from '../../support/checkpoints.ts'
import { ann } from '../../support/open-store.ts'

/** A value that gets a slot of its own. */
export const LARGE: string = 'large '.repeat(4_000)

/** The id of a thread that no session can have. */
export const LONG: string = 'long '.repeat(200)

/** The name of an item that its kind has only digests of. */
export const HIDDEN = { namespace: ['deep', 'label '.repeat(100)], key: 'key '.repeat(300) }

/**
 * Writes every type of slot that a saver and a store have, with all that their kinds cannot spell
 * out, and resolves to the slots.
 */
export async function writtenSlots(state: StateStore): Promise<readonly StateRecord[]> {
  const saver = new HarborageSaver({ state, owner: ann, fence: true })
  await doRuns(saver, 'asked', { to: 2 })

  const first = await put(saver, threadConfig('named', 'n'.repeat(600)), {
    id: 'no uuid '.repeat(40),
    values: { large: LARGE, bytes: new Uint8Array([0, 255]) },
  })
  await saver.putWrites(first, [['a', 1]], 'task '.repeat(60))
  await put(saver, threadConfig(LONG), { id: uuid6(0), values: { text: 'a' } })

  await put(saver, threadConfig('gone'), { id: uuid6(0) })
  await saver.deleteThread('gone')

  const other = new MemorySaver()
  await put(other, threadConfig('imported'), { id: uuid6(0) })
  await importThreads({ from: saverThreads(other), to: saver })

  const store = new HarborageStore({ state, owner: ann })
  await store.put(['memories', 'food/drink'], 'tea', { text: 'green', weight: 3 })
  await store.put(HIDDEN.namespace, HIDDEN.key, { text: 'hidden' })

  const sessions = await collect(state.sessions(allOfUser(ann)))
  const owners = [ann, ...sessions]
  return (await Promise.all(owners.map((owner) => collect(state.list(owner, ''))))).flat()
}
