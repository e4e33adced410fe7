import type { ArtifactStore } from '@harborage/artifacts'
import type { Selection } from '../arguments/identity-options.ts'
import type { StoreName } from '../profile/profile.ts'
import { artifactsOf } from './artifacts-of.ts'
import type { OpenPlace } from './open-place.ts'
import { readUsage, type UsageGroup, type UsageRow } from './read-usage.ts'

/** Adds up what the stores of a place have, of a selection or of all tenants. */
export async function usageOfPlace(
  { database, place, stores }: OpenPlace,
  by: UsageGroup,
  selection?: Selection,
): Promise<readonly UsageRow[]> {
  if (database === undefined) {
    return stores.artifacts === undefined ? [] : usageOfFolder(stores.artifacts, by, selection)
  }
  const isOpen = (store: StoreName): boolean => stores[store] !== undefined
  const rows: UsageRow[] = []
  for (const store of place.stores.filter(isOpen)) {
    rows.push(...(await readUsage(database, store, by, selection)))
  }
  return rows
}

async function usageOfFolder(
  artifacts: ArtifactStore,
  by: UsageGroup,
  selection: Selection | undefined,
): Promise<readonly UsageRow[]> {
  if (selection !== undefined && selection.runId !== '') return []
  const rows = new Map<string, UsageRow>()
  const all = artifacts.list(artifactsOf(selection), { expired: true })
  for await (const { scope, namespace, sizeBytes } of all) {
    const group = {
      tenantId: by === 'tenant' || by === 'user' ? scope.tenantId : '',
      userId: by === 'user' ? scope.userId : '',
      kind: by === 'kind' ? namespace : '',
    }
    const key = JSON.stringify(group)
    const { records, bytes } = rows.get(key) ?? { records: 0, bytes: 0 }
    const added = { records: records + 1, bytes: bytes + sizeBytes }
    rows.set(key, { store: 'artifacts', ...group, ...added })
  }
  return [...rows.values()]
}
