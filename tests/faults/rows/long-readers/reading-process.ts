// Run by row.ts: holds iterators open between their pages, and takes what it is told to from them.
import { openArtifactStore } from '@harborage/artifacts'
import { openSqlite } from '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'

import { serve, workerConfig } from '../../harness/serve.ts'
import { identity, PAGE_SIZE, STILL_PREFIX, type ReaderMethods } from './long-reading.ts'

const { dsn } = workerConfig<{ dsn: string }>()
const database = await openSqlite({ dsn })
const state = await openStateStore({ database })
const artifacts = await openArtifactStore({ database })
const options = { pageSize: PAGE_SIZE }
const walks = {
  list: namesIn(state.list(identity, STILL_PREFIX, options), ({ kind }) => kind),
  listKind: namesIn(
    state.listKind({ maintenanceScoped: true }, STILL_PREFIX, options),
    ({ kind }) => kind,
  ),
  artifacts: namesIn(artifacts.list(identity, options), ({ filename }) => filename),
}

serve({
  async take({ walk, count }) {
    const names: string[] = []
    while (names.length < count) {
      const next = await walks[walk].next()
      if (next.done === true) break
      names.push(next.value)
    }
    return names
  },
} satisfies ReaderMethods)

async function* namesIn<Item>(
  items: AsyncIterable<Item>,
  nameOf: (item: Item) => string,
): AsyncGenerator<string, void> {
  for await (const item of items) yield nameOf(item)
}
