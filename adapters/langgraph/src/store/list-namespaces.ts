import type { StateKey } from '@harborage/state'

import type { NamespaceList } from './check-operation.ts'
import type { ItemCall } from './item-call.ts'
import { afterFolder, afterLabels, folderOf, rangeBelow, spelledName } from './item-kind.ts'
import { itemOf } from './item-payload.ts'
import { commonLabels, matches } from './match-namespace.ts'

/** How many keys are read at a time, to find the namespaces that they are in. */
const PAGE_SIZE = 250

/**
 * Resolves to the namespaces that hold items and meet all conditions, cut to their first `maxDepth`
 * labels, each once, ordered by the bytes of their kinds. Reads no payload, unless a namespace is
 * too long for a kind.
 */
export async function listNamespaces(call: ItemCall, list: NamespaceList): Promise<string[][]> {
  const { conditions, maxDepth, offset, limit } = list
  const { prefix } = rangeBelow(commonLabels(conditions))
  const found = new Map<string, string[]>()
  const isDone = (): boolean => found.size >= offset + limit
  let from: string | undefined
  while (!isDone()) {
    const page = await readPage(call, prefix, from)
    for (const key of firstKeys(page)) {
      const folder = folderOf(key.kind)
      const namespace = await namespaceOf(call, key)
      const isMatch =
        namespace !== undefined && conditions.every((condition) => matches(condition, namespace))
      if (isMatch) {
        const labels = namespace.slice(0, maxDepth)
        found.set(JSON.stringify(labels), labels)
      }
      // The rest of the namespace, or of all that are cut to the same labels, is passed over.
      from = isMatch ? afterLabels(folder, maxDepth) : afterFolder(folder)
      if (isDone()) break
    }
    if (page.length < PAGE_SIZE) break
  }
  return [...found.values()].slice(offset)
}

async function readPage(
  { state, owner, options }: ItemCall,
  prefix: string,
  from: string | undefined,
): Promise<readonly StateKey[]> {
  const bounds = from === undefined ? {} : { from }
  const page = { limit: PAGE_SIZE, pageSize: PAGE_SIZE }
  const keys: StateKey[] = []
  for await (const key of state.listKeys(owner, prefix, { ...bounds, ...page, ...options })) {
    keys.push(key)
  }
  return keys
}

/** Yields the first key of each namespace. */
function* firstKeys(keys: readonly StateKey[]): Iterable<StateKey> {
  let folder: string | undefined
  for (const key of keys) {
    if (folder !== undefined && key.kind.startsWith(folder) && folderOf(key.kind) === folder) {
      continue
    }
    folder = folderOf(key.kind)
    yield key
  }
}

/** Resolves to the namespace of a key; `undefined` if it can only be read, and is gone. */
async function namespaceOf(
  { state, owner, options }: ItemCall,
  { kind }: StateKey,
): Promise<readonly string[] | undefined> {
  const { namespace } = spelledName(kind)
  if (namespace !== undefined) return namespace
  const record = await state.load(owner, kind, options)
  return record && (await itemOf(record)).namespace
}
