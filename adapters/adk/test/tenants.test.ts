import {
  HarborageArtifactService,
  HarborageSessionService,
  sessionIdentity,
  userIdentity,
  type Tenant,
  type TenantOption,
} from '@harborage/adk'
import { allOfSession, allOfTenant, allOfUser } from '@harborage/core'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { acme, ann, eventOf, textsOf } from './support/events.ts'
import { malformed } from './support/malformed.ts'
import { memory, places, type Stores } from './support/places.ts'

/** Names that would meet if they were put together carelessly. */
const names = [
  'a',
  'a/b',
  'b',
  '%',
  '%25',
  '%2F',
  'a%2Fb',
  'user:a',
  'x'.repeat(300),
  '\0',
  '\ud800',
  '\udc00',
]

interface Services {
  readonly sessions: HarborageSessionService
  readonly artifacts: HarborageArtifactService
}

function servicesOf({ state, journal, artifacts }: Stores, tenant: TenantOption): Services {
  return {
    sessions: new HarborageSessionService({ state, journal, tenant }),
    artifacts: new HarborageArtifactService({ state, artifacts, tenant }),
  }
}

/** Every combination of tenant, application, user and session. */
function combinations(): readonly (readonly [Tenant, typeof ann & { sessionId: string }])[] {
  return ['acme', 'beta'].flatMap((tenantId) =>
    names.flatMap((appName, index) =>
      names.slice(0, 4).map((sessionId) => {
        const userId = names[(index * 5 + sessionId.length) % names.length] ?? 'a'
        return [{ tenantId }, { appName, userId, sessionId }] as const
      }),
    ),
  )
}

/** Writes to each combination, and returns what was then found in another one. */
async function crossings(make: (tenant: Tenant) => Services): Promise<readonly string[]> {
  const crossed: string[] = []
  const all = combinations()
  for (const [index, [tenant, key]] of all.entries()) {
    const { sessions, artifacts } = make(tenant)
    try {
      const session = await sessions.createSession({ ...key, state: { own: index } })
      await sessions.appendEvent({ session, event: eventOf(`${index}`) })
      const version = await artifacts.saveArtifact({
        ...key,
        filename: 'f',
        artifact: { text: `${index}` },
      })
      if (version !== 0) crossed.push(`file ${index}`)
    } catch (error) {
      crossed.push(`${index}: ${error instanceof Error ? error.message : ''}`)
    }
  }
  for (const [index, [tenant, key]] of all.entries()) {
    const { sessions, artifacts } = make(tenant)
    const session = await sessions.getSession(key)
    const file = await artifacts.loadArtifact({ ...key, filename: 'f' })
    const found = [session?.state['own'], textsOf(session)?.join(), file?.text]
    if (found.join() !== [index, index, index].join()) crossed.push(`${index} has ${found.join()}`)
    const { totalItems } = await sessions.listSessions({ appName: key.appName })
    if (totalItems !== 4) crossed.push(`${index} lists ${totalItems}`)
  }
  return crossed
}

test('tenants, applications, users and sessions never cross, whatever their names', async () => {
  const stores = await memory.open()
  expect(await crossings((tenant) => servicesOf(stores, tenant))).toEqual([])
})

test('services that drop the tenant are caught', async () => {
  const stores = await memory.open()
  expect(await crossings(() => servicesOf(stores, acme))).not.toEqual([])
})

test('the tenant may be a function, which is called for each call', async () => {
  const stores = await memory.open()
  let tenant: Tenant = acme
  const { sessions } = servicesOf(stores, () => tenant)
  const key = { ...ann, sessionId: 's1' }
  await sessions.createSession(key)
  tenant = { tenantId: 'beta' }
  expect(await sessions.getSession(key)).toBeUndefined()
  tenant = malformed(undefined)
  for (const call of [sessions.getSession(key), sessions.listSessions(ann)]) {
    expect(await failureOf(call)).toMatchObject({ code: 'identity_required' })
  }
  tenant = malformed(Promise.resolve(acme))
  expect(await failureOf(sessions.deleteSession(key))).toMatchObject({ code: 'identity_required' })
})

describe.each(places)('erasure on $name', ({ open }) => {
  test('of a session, a user or a tenant reaches all that was written', async () => {
    const stores = await open()
    const key = { ...ann, sessionId: 's1' }
    const write = async (tenant: Tenant, userId: string, sessionId: string): Promise<void> => {
      const { sessions, artifacts } = servicesOf(stores, tenant)
      const at = { ...key, userId, sessionId }
      const state = { own: 1, 'user:size': 'M', 'app:open': true }
      const session = await sessions.createSession({ ...at, state })
      await sessions.appendEvent({ session, event: eventOf('a') })
      for (const filename of ['f', 'user:f']) {
        await artifacts.saveArtifact({ ...at, filename, artifact: { text: 'x' } })
      }
    }
    for (const userId of ['ann', 'bob']) {
      for (const sessionId of ['s1', 's2']) await write(acme, userId, sessionId)
    }
    await write({ tenantId: 'beta' }, 'ann', 's1')
    const { state, journal, artifacts } = stores
    const left = async (tenantId: string): Promise<readonly string[]> => {
      const places: string[] = []
      const scope = { maintenanceScoped: true } as const
      for await (const { identity, kind } of state.listKind(scope, 'adk.')) {
        if (identity.tenantId === tenantId)
          places.push(`${identity.userId}/${identity.sessionId}/${kind}`)
      }
      const streams = journal.streams(allOfTenant({ tenantId }))
      for await (const { owner } of streams) places.push(`${owner.userId}/${owner.sessionId}`)
      for (const { scope: owner } of await collect(artifacts.list({ tenantId, ...scope }))) {
        places.push(`${owner.userId}/${owner.sessionId}`)
      }
      return places
    }
    const elsewhere = await left('beta')
    const session = allOfSession(sessionIdentity(acme, key))
    for (const store of [state, journal, artifacts]) await store.deleteAll(session)
    const after = await left('acme')
    expect(after.filter((place) => place.startsWith('ann/shop/s1'))).toEqual([])
    expect(after.filter((place) => place.startsWith('ann/shop/s2'))).toHaveLength(6)
    const user = allOfUser(userIdentity(acme, ann))
    for (const store of [state, journal, artifacts]) await store.deleteAll(user)
    const others = await left('acme')
    expect(others.filter((place) => place.startsWith('ann/'))).toEqual([])
    // The state of the application is of no user.
    expect(others.filter((place) => place.startsWith('/'))).toEqual(['//adk.app/shop/open'])
    for (const store of [state, journal, artifacts]) await store.deleteAll(allOfTenant(acme))
    expect(await left('acme')).toEqual([])
    expect(await left('beta')).toEqual(elsewhere)
  })
})
