import { allOfTenant, createEventBus, type RunIdentity } from '@harborage/core'
import {
  ArtifactStore,
  InMemoryArtifactDriver,
  type ArtifactContent,
  type ArtifactKey,
} from '@harborage/artifacts'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type DumpedConversation,
} from '@harborage/memory'
import { collect } from '@harborage/test-kit/collect'
import { expect, test } from 'vitest'

const maintenance = { maintenanceScoped: true } as const
const within = allOfTenant({ tenantId: 'b' })
const sessions = ['a', 'b', 'c'].map((tenantId) => ({ tenantId, userId: 'u', sessionId: 's' }))

test('a dump of a tenant reads the bytes of no other', async () => {
  const driver = new ReadingArtifacts()
  await using store = new ArtifactStore(driver)
  for (const session of sessions) await store.putText(session, 'note')
  await collect(store.dump(maintenance, { within }))
  expect(new Set(driver.tenants)).toEqual(new Set(['b']))
})

test('a dump of a tenant reads the conversation of no other', async () => {
  const driver = new ReadingConversations()
  const rules = { strategy: 'truncation', bus: createEventBus() } as const
  await using store = new MemoryStore(driver, { rules: parseMemoryRules(rules) })
  for (const session of sessions) {
    await store.addTurn(session, { userMessage: 'hello', assistantResponse: 'hi' })
  }
  await collect(store.dump(maintenance, { within }))
  expect(new Set(driver.tenants)).toEqual(new Set(['b']))
})

class ReadingArtifacts extends InMemoryArtifactDriver {
  readonly tenants: string[] = []

  override get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    this.tenants.push(key.scope.tenantId)
    return super.get(key)
  }
}

class ReadingConversations extends InMemoryMemoryDriver {
  readonly tenants: string[] = []

  override dump(identity: Required<RunIdentity>): Promise<DumpedConversation | undefined> {
    this.tenants.push(identity.tenantId)
    return super.dump(identity)
  }
}
