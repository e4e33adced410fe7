import assert from 'node:assert/strict'
import { allOfRun, allOfSession, allOfTenant, allOfUser } from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { race } from '../support/race.ts'
import { sessionOf } from '../support/session-of.ts'
import { similarIdentities, similarNames } from '../support/similar-names.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { COLLECTION, keep, passageOf, texts, textOf, userOf } from './support/passages.ts'

/** Text of queries that have a syntax elsewhere. */
const hostileQueries = [
  '"lamp" OR *',
  'lamp NEAR(shelf)',
  'words:lamp',
  "lamp' OR 1=1 --",
  'lamp | ! & <-> :*',
  '^lamp$ -lamp +lamp',
  'lamp\0\ud800',
  '(lamp',
] as const

/** Registers the cases of M14: passages are found by their words. */
export function passages({ it, itIfDurable, callers }: MemoryCases): void {
  it('M14 passages with most of the words come first, and of these the newest', async ({
    open,
  }) => {
    const store = await open()
    const session = freshIdentity()
    await keep(store, session, [
      'The lamp is red.',
      'A red shelf, and a LAMP on the red shelf!',
      'Nothing of that.',
      'One more lamp',
      'red lamp',
    ])
    const user = allOfUser(userOf(session))
    assert.deepEqual(await texts(store, user, 'red lamp'), [
      'red lamp',
      'A red shelf, and a LAMP on the red shelf!',
      'The lamp is red.',
      'One more lamp',
    ])
    assert.deepEqual(await texts(store, user, 'red lamp', { limit: 1 }), ['red lamp'])
    const [first] = await store.passages.search(user, COLLECTION, 'red lamp shelf')
    assert.deepEqual(first && { ...first, bytes: textOf(first) }, {
      identity: session,
      index: 1,
      bytes: 'A red shelf, and a LAMP on the red shelf!',
      createdAt: new Date(1001),
      words: 3,
    })
    assert.deepEqual(await texts(store, user, 'absent'), [])
    assert.deepEqual(await texts(store, user, '?!'), [])
    assert.deepEqual(await texts(store, user, ''), [])
  })

  it('M14 words are rows of letters, marks and digits in any script and case', async ({ open }) => {
    const store = await open()
    const session = freshIdentity()
    const said = [
      'ÄRGER mit Straße-7b',
      'ｆｕｌｌ ｗｉｄｔｈ',
      'नमस्ते दुनिया',
      '電気のランプ',
      'ﬁsh e\u0301tude',
    ]
    await keep(store, session, said)
    const user = allOfUser(userOf(session))
    for (const [query, index] of [
      ['ärger', 0],
      ['STRASSE straße', 0],
      ['7B', 0],
      ['full', 1],
      ['नमस्ते', 2],
      ['気', 3],
      ['FISH', 4],
      ['étude', 4],
    ] as const) {
      assert.deepEqual(await texts(store, user, query), [said[index]], query)
    }
    assert.deepEqual(await texts(store, user, 'stra'), [], 'a part of a word is not the word')
  })

  it('M14 a query has no syntax', async ({ open }) => {
    const store = await open()
    const session = freshIdentity()
    await keep(store, session, ['a lamp', 'another thing'])
    const user = allOfUser(userOf(session))
    for (const query of hostileQueries) {
      assert.deepEqual(await texts(store, user, query), ['a lamp'], query)
    }
  })

  it('M14 a query may have any length', async ({ open }) => {
    const store = await open()
    const session = freshIdentity()
    await keep(store, session, ['a lamp', 'another thing'])
    const user = allOfUser(userOf(session))
    assert.deepEqual(await texts(store, user, 'lamp '.repeat(20_000)), ['a lamp'])
  })

  it('M14 a replacement replaces a collection as a whole, and nothing else', async ({ open }) => {
    const store = await open()
    const session = freshIdentity()
    const run = { ...session, runId: 'other run' }
    for (const identity of [session, run]) await keep(store, identity, ['old lamp', 'older lamp'])
    await store.passages.replace(session, 'other', [passageOf('other lamp', 0)])
    await keep(store, session, ['new lamp'])
    const user = allOfUser(userOf(session))
    assert.deepEqual((await texts(store, user, 'lamp')).toSorted(), [
      'new lamp',
      'old lamp',
      'older lamp',
    ])
    await keep(store, session, [])
    assert.deepEqual(await texts(store, allOfRun(session), 'lamp'), [])
    const other = await store.passages.search(user, 'other', 'lamp')
    assert.deepEqual(other.map(textOf), ['other lamp'])
  })

  it('M14 a replacement by more, fewer or other passages leaves exactly these', async ({
    open,
  }) => {
    const store = await open()
    const session = freshIdentity()
    for (const said of [
      ['lamp 1', 'lamp 2', 'lamp 3'],
      ['lamp 1', 'lamp 2', 'lamp 3', 'lamp 4', 'lamp 5'],
      ['lamp 1', 'other lamp', 'lamp 3', 'lamp 4'],
      ['lamp 3', 'lamp 4'],
      ['lamp 4', 'lamp 4'],
      [],
      ['?!', 'lamp 6'],
      ['lamp 6'],
    ]) {
      await keep(store, session, said)
      const found = await store.passages.search(allOfRun(session), COLLECTION, 'lamp')
      const expected = said.map((text, index) => ({ index, text })).toReversed()
      assert.deepEqual(
        found.map((passage) => ({ index: passage.index, text: textOf(passage) })),
        expected.filter(({ text }) => text.includes('lamp')),
      )
      for (const gone of ['1', '2', '3', '4', '5', '6', 'other']) {
        const isThere = said.some((text) => text.includes(gone))
        assert.equal((await texts(store, allOfRun(session), gone)).length > 0, isThere, gone)
      }
    }
  })

  it('M14 a search finds nothing outside of its user, session, run and collection', async ({
    open,
  }) => {
    const store = await open()
    for (const part of ['tenantId', 'userId', 'sessionId', 'runId'] as const) {
      const identities = similarIdentities(part)
      for (const [index, identity] of identities.entries()) {
        await keep(store, identity, [`lamp ${index}`])
      }
      for (const [index, identity] of identities.entries()) {
        const own = [`lamp ${index}`]
        assert.deepEqual(await texts(store, allOfRun(identity), 'lamp'), own)
        if (part === 'runId') continue
        assert.deepEqual(await texts(store, allOfSession(sessionOf(identity)), 'lamp'), own)
        if (part === 'sessionId') continue
        assert.deepEqual(await texts(store, allOfUser(userOf(identity)), 'lamp'), own)
      }
    }
    const session = freshIdentity()
    const names = similarNames('notes')
    for (const name of names)
      await store.passages.replace(session, name, [passageOf(`lamp ${name}`, 0)])
    for (const name of names) {
      const found = await store.passages.search(allOfRun(session), name, 'lamp')
      assert.deepEqual(found.map(textOf), [`lamp ${name}`])
    }
  })

  it('M14 deleteAll deletes the passages of a subtree, and no others', async ({ open }) => {
    const store = await open()
    const [session, stays] = [freshIdentity(), freshIdentity()]
    const { tenantId } = session
    const subtrees = [
      allOfRun(session),
      allOfSession(sessionOf(session)),
      allOfUser(userOf(session)),
      allOfTenant({ tenantId }),
    ]
    await keep(store, stays, ['lamp'])
    for (const subtree of subtrees) {
      const more = Array.from({ length: 1100 }, (_, index) => `lamp ${index}`)
      await keep(store, session, more)
      assert.equal((await store.deleteAll(subtree)).remaining, 0)
      assert.deepEqual(await texts(store, allOfUser(userOf(session)), 'lamp'), [])
    }
    assert.deepEqual(await texts(store, allOfUser(userOf(stays)), 'lamp'), ['lamp'])
  })

  it(`M14 of ${callers} replacements at once one is kept as a whole`, async ({ open }) => {
    const store = await open()
    const session = freshIdentity()
    await race(callers, (caller) =>
      keep(
        store,
        session,
        Array.from({ length: 1 + (caller % 3) }, () => `lamp by ${caller}`),
      ),
    )
    const found = await texts(store, allOfRun(session), 'lamp')
    assert.equal(new Set(found).size, 1)
    const [text = ''] = found
    assert.equal(found.length, 1 + (Number(text.split(' ').at(-1)) % 3))
  })

  it('M14 of more passages with a word than are compared, the newest are found', async ({
    open,
  }) => {
    const store = await open()
    const session = freshIdentity()
    const said = Array.from({ length: 1200 }, (_, index) =>
      index < 200 ? `rare lamp ${index}` : `lamp ${index}`,
    )
    await keep(store, session, said)
    const user = allOfUser(userOf(session))
    assert.deepEqual(await texts(store, user, 'lamp', { limit: 2 }), ['lamp 1199', 'lamp 1198'])
    assert.deepEqual(await texts(store, user, 'rare', { limit: 1 }), ['rare lamp 199'])
  })

  it('M14 content and dates are as they were at the call', async ({ open }) => {
    const store = await open()
    const session = freshIdentity()
    const bytes = Uint8Array.of(0, 255, 10)
    const createdAt = new Date(5)
    const keeping = store.passages.replace(session, COLLECTION, [
      { text: 'lamp', bytes, createdAt },
    ])
    bytes.fill(7)
    createdAt.setTime(9)
    await keeping
    const search = () => store.passages.search(allOfRun(session), COLLECTION, 'lamp')
    const [found] = await search()
    assert.deepEqual(found?.bytes, Uint8Array.of(0, 255, 10))
    assert.equal(found.createdAt.getTime(), 5)
    found.bytes.fill(7)
    found.createdAt.setTime(9)
    const [again] = await search()
    assert.deepEqual(again?.bytes, Uint8Array.of(0, 255, 10))
    assert.equal(again.createdAt.getTime(), 5)
  })

  it('M14 malformed passages and searches are refused, and nothing is changed', async ({
    open,
  }) => {
    const store = await open()
    const session = freshIdentity()
    await keep(store, session, ['lamp'])
    const good = passageOf('lamp', 0)
    for (const wrong of [
      ...[undefined, null, 'lamp', { length: 1 }, [undefined], [null], ['lamp']],
      ...[[{ ...good, text: 7 }], [{ ...good, bytes: 'lamp' }], [{ ...good, createdAt: 7 }]],
      ...[[{ ...good, createdAt: new Date(Number.NaN) }], [{ ...good, topic: 'lamp' }]],
      ...[
        [{ ...good, text: 'x'.repeat(64 * 1024 + 1) }],
        Array.from({ length: 10_001 }, () => good),
      ],
    ]) {
      await assertFails('invalid_record', () =>
        store.passages.replace(session, COLLECTION, malformed(wrong)),
      )
    }
    const user = allOfUser(userOf(session))
    for (const name of ['', undefined, 7, 'x'.repeat(1025), '\0']) {
      await assertFails('invalid_record', () =>
        store.passages.replace(session, malformed(name), [good]),
      )
      await assertFails('invalid_record', () =>
        store.passages.search(user, malformed(name), 'lamp'),
      )
    }
    for (const limit of [0, 101, 1.5, '1', null]) {
      await assertFails('invalid_record', () =>
        store.passages.search(user, COLLECTION, 'lamp', malformed({ limit })),
      )
    }
    for (const words of [undefined, null, 7, ['lamp']]) {
      await assertFails('invalid_record', () =>
        store.passages.search(user, COLLECTION, malformed(words)),
      )
    }
    const { tenantId } = session
    for (const subtree of [session, undefined, {}, allOfTenant({ tenantId })]) {
      await assertFails('subtree_required', () =>
        store.passages.search(malformed(subtree), COLLECTION, 'lamp'),
      )
    }
    assert.deepEqual(await texts(store, user, 'lamp'), ['lamp'])
  })

  itIfDurable('M14 passages are found after the store was opened again', async ({ open }) => {
    const session = freshIdentity()
    const store = await open()
    await keep(store, session, ['red lamp', 'lamp'])
    await store.close()
    const again = await open()
    assert.deepEqual(await texts(again, allOfUser(userOf(session)), 'red lamp'), [
      'red lamp',
      'lamp',
    ])
    await keep(again, session, [])
    assert.deepEqual(await texts(again, allOfUser(userOf(session)), 'lamp'), [])
  })
}
