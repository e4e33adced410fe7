import { subtreeOf, type Selection } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { printable } from '../output/printable.ts'
import type { OpenStores } from '../places/open-place.ts'
import { walkBelow, walkOwners } from '../places/walk-owners.ts'
import { Section } from './section.ts'

const below = {
  tenant: { type: 'user', title: 'Users', part: 'userId' },
  user: { type: 'session', title: 'Sessions', part: 'sessionId' },
  session: { type: 'run', title: 'Runs', part: 'runId' },
} as const

/** Lists the owners right below a selection, or all tenants, and resolves to their number. */
export async function listOwners(
  { out, signal }: CommandRun,
  stores: OpenStores,
  selection: Selection | undefined,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<number> {
  const subtree = selection === undefined ? undefined : subtreeOf(selection)
  const walk = walkBelow(selection, subtree)
  const level = subtree?.level
  if (walk === undefined || level === 'run' || limit === 0) return 0
  const { type, title, part } =
    level === undefined
      ? ({ type: 'tenant', title: 'Tenants', part: 'tenantId' } as const)
      : below[level]
  const section = new Section(out, title)
  for await (const owner of walkOwners(stores, walk)) {
    signal.throwIfAborted()
    await section.item(type, fieldsOf(owner), () => printable(owner[part] ?? ''))
    if (section.count >= limit) break
  }
  return section.count
}

function fieldsOf(owner: {
  readonly tenantId: string
  readonly userId: string
  readonly sessionId: string
  readonly runId?: string
}): Readonly<Record<string, string>> {
  const { tenantId, userId, sessionId, runId = '' } = owner
  return {
    tenantId,
    ...(userId !== '' && { userId }),
    ...(sessionId !== '' && { sessionId }),
    ...(runId !== '' && { runId }),
  }
}
