import type { SessionKey, SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { allOfSession, allOfTenant, allOfUser, userOwner, type Subtree } from '@harborage/core'
import { HarborageSessionStore } from '@harborage/claude-agent-sdk'
import { memory, places, type Stores } from '@harborage/test-kit/adapters/places'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { placesIn, withValueAt } from '@harborage/test-kit/hostile/argument-places'
import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'
import { refusalOf } from '@harborage/test-kit/hostile/refusal-of'
import { describe, expect, test } from 'vitest'

import {
  ann,
  keyOf,
  message,
  messages,
  PROJECT,
  subKeyOf,
  textsOf,
  title,
} from './support/entries.ts'
import { malformed } from './support/malformed.ts'

const main = keyOf('s1')
const bob = { ...ann, userId: 'bob' }

describe('the owner of a session store', () => {
  test('may come from a function, which is called at the beginning of each call', async () => {
    let owner: typeof ann | undefined = ann
    const current = (): typeof ann => {
      if (owner === undefined) throw new Error('there is no request')
      return owner
    }
    const store = new HarborageSessionStore({ ...(await memory.open()), owner: current })
    const appending = store.append(main, messages('of ann'))
    owner = bob
    await appending
    expect(await store.load(main)).toBeNull()
    expect(await store.listSessions(PROJECT)).toEqual([])
    owner = undefined
    await expect(store.load(main)).rejects.toThrow('there is no request')
  })

  test('is never read from a key', async () => {
    const stores = await memory.open()
    const ofAnn = new HarborageSessionStore({ ...stores, owner: ann })
    const ofBob = new HarborageSessionStore({ ...stores, owner: bob })
    await ofAnn.append(main, messages('of ann'))
    const claiming = { ...main, ...ann, owner: ann, identity: { ...ann, sessionId: 's1' } }
    expect(await ofBob.load(claiming)).toBeNull()
    await ofBob.append(claiming, messages('of bob'))
    await ofBob.delete(claiming)
    expect(textsOf(await ofAnn.load(main))).toEqual(['of ann'])
  })
})

test('what is missing, malformed or misspelled is refused by the constructor', async () => {
  const stores = await memory.open()
  const { journal, state } = stores
  const cases: readonly (readonly [options: unknown, code: string])[] = [
    [undefined, 'identity_required'],
    [{ ...stores }, 'identity_required'],
    [{ ...stores, owner: { tenantId: 'acme' } }, 'identity_required'],
    [{ ...stores, owner: { ...ann, sessionId: 's1' } }, 'invalid_identity'],
    [{ journal, owner: ann }, 'invalid_config'],
    [{ state, owner: ann }, 'invalid_config'],
    [{ journal: state, state: journal, owner: ann }, 'invalid_config'],
    [{ ...stores, owner: ann, projectKey: 'x' }, 'invalid_config'],
  ]
  for (const [options, code] of cases) {
    const making = () => new HarborageSessionStore(malformed(options))
    expect(await failureOf(making)).toMatchObject({ code })
  }
})

const good: Readonly<Record<string, readonly unknown[]>> = {
  append: [subKeyOf('s1', '1'), [message('a'), title('T')]],
  load: [subKeyOf('s1', '1')],
  delete: [subKeyOf('s1', '1')],
  listSubkeys: [main],
  listSessions: [PROJECT],
  listSessionSummaries: [PROJECT],
}

describe.each(Object.entries(good))('%s', (method, args) => {
  test('takes any value in its arguments, or refuses it with a typed error that quotes nothing', async () => {
    const store = new HarborageSessionStore({ ...(await memory.open()), owner: ann })
    for (const place of placesIn(args)) {
      for (const [what, value] of Object.entries(hostileValues)) {
        // What is in an entry is the SDK's own, of any size.
        if (what.includes('a great length')) continue
        const hostile = withValueAt(args, place, value)
        const error = await refusalOf(async () => callUnchecked(store, method, ...hostile))
        if (error === undefined) continue
        expect(
          ['identity_required', 'invalid_identity', 'invalid_record'],
          `${place.join('.')}: ${what}: ${error.message}`,
        ).toContain(error.code)
        expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
      }
    }
    await failureOf(async () => callUnchecked(store, method))
    await store.append(keyOf('control'), messages('a'))
    expect(textsOf(await store.load(keyOf('control')))).toEqual(['a'])
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

test.each<[what: string, key: unknown, code: string, said: RegExp]>([
  ['no key', undefined, 'invalid_record', /the key is missing/],
  ['no project', { sessionId: 's1' }, 'invalid_record', /projectKey is missing/],
  ['no session', { projectKey: 'p' }, 'identity_required', /sessionId is missing or empty/],
  [
    'an empty subpath',
    { ...main, subpath: '' },
    'invalid_record',
    /subpath is empty: leave it out/,
  ],
  ['null as subpath', { ...main, subpath: null }, 'invalid_record', /subpath is null/],
])('a key with %s is refused', async (_, key, code, said) => {
  const store = new HarborageSessionStore({ ...(await memory.open()), owner: ann })
  for (const call of [store.load(malformed<SessionKey>(key)), store.delete(malformed(key))]) {
    const error = await failureOf(call)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(said)
  }
})

test('a subpath that something added to every object is that of no key', async () => {
  const store = new HarborageSessionStore({ ...(await memory.open()), owner: ann })
  await store.append(main, messages('a'))
  const added = { value: 'subagents/agent-1', enumerable: true, configurable: true, writable: true }
  Object.defineProperty(Object.prototype, 'subpath', added)
  try {
    expect(textsOf(await store.load(main))).toEqual(['a'])
  } finally {
    Reflect.deleteProperty(Object.prototype, 'subpath')
  }
})

/** Returns an entry that holds itself. */
function cycle(): object {
  const entry: Record<string, unknown> = { type: 'x' }
  entry['self'] = entry
  return entry
}

test.each<[what: string, entry: unknown]>([
  ['a text', 'a'],
  ['null', null],
  ['an array', []],
  ['a value that JSON has not', { type: 'x', n: 1n }],
  ['a cycle', cycle()],
])('%s as an entry is refused, and nothing is appended', async (_what, entry) => {
  const store = new HarborageSessionStore({ ...(await memory.open()), owner: ann })
  const entries = [message('a'), malformed<SessionStoreEntry>(entry)]
  expect(await failureOf(store.append(main, entries))).toMatchObject({ code: 'invalid_record' })
  expect(await store.load(main)).toBeNull()
})

test('a summary that is too large is left to the transcript, for good', async () => {
  const store = new HarborageSessionStore({ ...(await memory.open()), owner: ann })
  await store.append(main, [message('a'), title('x'.repeat(20 * 1024 * 1024))])
  await store.append(main, messages('b'))
  expect(await store.listSessions(PROJECT)).toMatchObject([{ sessionId: main.sessionId }])
  expect(await store.listSessionSummaries(PROJECT)).toEqual([])
  expect(await store.load(main)).toHaveLength(3)
})

describe.each(places)('on $name', ({ open }) => {
  test.each<[what: string, subtree: (sessionId: string) => Subtree]>([
    ['a session', (sessionId) => allOfSession({ ...ann, sessionId })],
    ['a user', () => allOfUser(ann)],
    ['a tenant', () => allOfTenant({ tenantId: ann.tenantId })],
  ])('the erasure of %s leaves nothing of it', async (what, subtree) => {
    const stores = await open()
    const long = { projectKey: 'p'.repeat(1000), sessionId: 's'.repeat(1000) }
    const store = new HarborageSessionStore({ ...stores, owner: ann })
    const keys = [main, subKeyOf('s1', '1'), { ...main, subpath: 'x'.repeat(1000) }]
    for (const key of [...keys, long, keyOf('s2')]) await store.append(key, messages('a'))
    const other = new HarborageSessionStore({ ...stores, owner: { ...ann, tenantId: 'other' } })
    await other.append(main, messages('of another'))
    const { journal, state } = stores
    const erased = subtree(main.sessionId)
    await journal.deleteAll(erased)
    await state.deleteAll(erased)
    for (const key of keys) expect(await store.load(key)).toBeNull()
    expect(await traces(stores, erased)).toEqual([])
    const left = await traces(stores, allOfUser(ann))
    expect(left).toHaveLength(what === 'a session' ? 4 : 0)
    expect(textsOf(await other.load(main))).toEqual(['of another'])
  })

  test('the sessions of more than a thousand are all listed', async () => {
    const stores = await open()
    const store = new HarborageSessionStore({ ...stores, owner: ann })
    const keys = Array.from({ length: 1100 }, (_, index) => keyOf(`s${index}`))
    await Promise.all(keys.map((key) => store.append(key, messages('a'))))
    const listed = await store.listSessions(PROJECT)
    const ids = new Set(listed.map(({ sessionId }) => sessionId))
    expect(ids).toEqual(new Set(keys.map(({ sessionId }) => sessionId)))
    expect(await store.listSessionSummaries(PROJECT)).toHaveLength(1100)
  })
})

/** Resolves to the names of all streams and slots of a subtree. */
async function traces({ journal, state }: Stores, subtree: Subtree): Promise<string[]> {
  const streams = await collect(journal.streams(subtree))
  const names = streams.map(({ stream }) => stream)
  const { tenantId, userId } = subtree
  const users =
    userId === ''
      ? await collect(state.users(allOfTenant({ tenantId })))
      : [userOwner({ tenantId, userId })]
  for (const user of users) {
    const ofUser = allOfUser({ tenantId: user.tenantId, userId: user.userId })
    for await (const identity of state.sessions(ofUser)) {
      if (subtree.sessionId !== '' && identity.sessionId !== subtree.sessionId) continue
      for await (const { kind } of state.listKeys(identity, '')) names.push(kind)
    }
  }
  return names
}

test('an append to closed stores is refused, and leaves no other rejection behind', async () => {
  const { journal, state } = await memory.open()
  const store = new HarborageSessionStore({ journal, state, owner: ann })
  await Promise.all([journal.close(), state.close()])
  await expect(store.append(main, messages('too late'))).rejects.toMatchObject({
    code: 'store_closed',
  })
})
