import { allOfTenant } from '@harborage/core'
import type { DumpedConversation, MemoryStore } from '@harborage/memory'
import { collect } from '../../support/collect.ts'

/** The scope of calls that cross identities. */
export const maintenance = { maintenanceScoped: true } as const

/** Resolves to all conversations of a tenant. */
export function dumpOf(
  store: MemoryStore,
  tenantId: string,
  options: {
    readonly pageSize?: number
    readonly after?: Pick<DumpedConversation, 'identity'>
  } = {},
): Promise<DumpedConversation[]> {
  return collect(store.dump(maintenance, { ...options, within: allOfTenant({ tenantId }) }))
}

/** Returns a dumped conversation as that of another tenant. */
export function ofTenant(conversation: DumpedConversation, tenantId: string): DumpedConversation {
  return { ...conversation, identity: { ...conversation.identity, tenantId } }
}

/** Returns dumped conversations without the tenant, as plain values that can be compared. */
export function comparable(conversations: readonly DumpedConversation[]): unknown {
  const plain: unknown = JSON.parse(
    JSON.stringify(conversations.map((conversation) => ofTenant(conversation, ''))),
  )
  return plain
}

/** Returns the user, the session and the run of a conversation, in their order. */
export function placesOf(
  conversations: readonly DumpedConversation[],
): readonly (readonly string[])[] {
  return conversations.map(({ identity: { userId, sessionId, runId } }) => {
    return [userId, sessionId, runId]
  })
}
