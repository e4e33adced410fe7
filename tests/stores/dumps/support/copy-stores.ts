import type { DumpedArtifact } from '@harborage/artifacts'
import type { LoadedDump } from '@harborage/core'
import type { DumpedRecord } from '@harborage/journal'
import type { DumpedConversation } from '@harborage/memory'
import type { DumpedSlot } from '@harborage/state'
import type { FourStores } from './four-stores.ts'

/** The scope of calls that cross identities. */
export const maintenance = { maintenanceScoped: true } as const

const BATCH = 100

/** Loads a dump of all stores into others, in batches. Resolves to the number of records. */
export async function copyStores(from: FourStores, to: FourStores): Promise<LoadedDump> {
  const answers = [
    await copy(from.state.dump(maintenance), (batch: readonly DumpedSlot[]) =>
      to.state.loadDump(maintenance, batch),
    ),
    await copy(from.artifacts.dump(maintenance), (batch: readonly DumpedArtifact[]) =>
      to.artifacts.loadDump(maintenance, batch),
    ),
    await copy(from.memory.dump(maintenance), (batch: readonly DumpedConversation[]) =>
      to.memory.loadDump(maintenance, batch),
    ),
    await copy(from.journal.dump(maintenance), (batch: readonly DumpedRecord[]) =>
      to.journal.loadDump(maintenance, batch),
    ),
  ]
  return answers.reduce(added)
}

async function copy<Dumped>(
  dump: AsyncIterable<Dumped>,
  load: (batch: readonly Dumped[]) => Promise<LoadedDump>,
): Promise<LoadedDump> {
  let answer: LoadedDump = { loaded: 0, unchanged: 0 }
  let batch: Dumped[] = []
  for await (const record of dump) {
    if (batch.push(record) < BATCH) continue
    answer = added(answer, await load(batch))
    batch = []
  }
  return added(answer, await load(batch))
}

function added(left: LoadedDump, right: LoadedDump): LoadedDump {
  return { loaded: left.loaded + right.loaded, unchanged: left.unchanged + right.unchanged }
}

/** Resolves to everything that stores hold, as text that can be compared, a line for each record. */
export async function linesOf(stores: FourStores): Promise<readonly string[]> {
  const lines: string[] = []
  const { state, artifacts, memory, journal } = stores
  for (const dumps of [state, artifacts, memory, journal].map((store): AsyncIterable<object> =>
    store.dump(maintenance),
  )) {
    for await (const record of dumps) lines.push(lineOf(record))
  }
  return lines
}

/** Returns a record as JSON, with the names of each object in one order. */
function lineOf(record: object): string {
  return JSON.stringify(record, (_key, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(
      Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    )
  })
}
