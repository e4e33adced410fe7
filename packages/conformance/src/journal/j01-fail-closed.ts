import assert from 'node:assert/strict'
import { newEventId, tenantOwner, userOwner, type Owner, type RunIdentity } from '@harborage/core'
import type { NewEntry, Replacement } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { longName } from '../support/long-names.ts'
import { malformed } from '../support/malformed.ts'
import {
  identitiesWithEmptyPart,
  identitiesWithoutPart,
  malformedIdentities,
} from '../support/malformed-identities.ts'
import { invalidPageSizes } from '../support/malformed-values.ts'
import { identityParts, similarIdentities, similarNames } from '../support/similar-names.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { noOptions, withUnknownNames } from '../support/unknown-names.ts'
import { appendTexts, assertHolds, newEntry, STREAM, textsIn } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'
import {
  invalidPositions,
  journalMethods,
  malformedArguments,
  validArguments,
} from './support/journal-methods.ts'

/** Registers the cases of J1: no call without its owner, and no owner sees another's streams. */
export function failClosed({ it }: JournalCases): void {
  for (const method of journalMethods) {
    it(`J1 ${method.name} without a part of the identity is rejected`, async ({ store }) => {
      const given = validArguments(freshIdentity())
      for (const owner of [
        ...identitiesWithEmptyPart(given.owner),
        ...identitiesWithoutPart(given.owner),
      ]) {
        await assertFails('identity_required', () =>
          method.call(store, { ...given, owner: malformed(owner) }),
        )
      }
    })
  }

  for (const method of journalMethods) {
    it(`J1 ${method.name} with a malformed identity is rejected`, async ({ store }) => {
      const given = validArguments(freshIdentity())
      for (const owner of malformedIdentities(given.owner, ['runId'])) {
        await assertFails('invalid_identity', () =>
          method.call(store, { ...given, owner: malformed(owner) }),
        )
      }
    })

    it(`J1 ${method.name} with another malformed argument is rejected and changes nothing`, async ({
      store,
    }) => {
      const given = validArguments(freshIdentity())
      for (const wrong of malformedArguments(method)) {
        await assertFails(
          'invalid_record',
          () => method.call(store, { ...given, ...wrong }),
          `${method.name} with ${Object.keys(wrong).join()}`,
        )
      }
      await assertHolds(store, given.owner, [])
    })
  }

  for (const part of identityParts) {
    it(`J1 identities with a similar ${part} have streams of their own`, async ({ store }) => {
      const owners = similarIdentities(part)
      for (const [index, owner] of owners.entries()) await appendTexts(store, owner, [`${index}`])
      for (const [index, owner] of owners.entries()) {
        await assertHolds(store, owner, [`${index}`])
        assert.equal((await collect(store.streams(owner))).length, 1)
      }
      const [first, ...others] = owners
      assert.ok(first !== undefined)
      assert.equal(await store.delete(first, STREAM), true)
      for (const owner of others) assert.equal((await textsIn(store, owner)).length, 1)
    })
  }

  it('J1 streams with similar names are distinct', async ({ store }) => {
    const owner = freshIdentity()
    const names = [...similarNames('log'), longName(1_024, '1'), longName(1_024, '2')]
    for (const name of names) await store.append(owner, name, [newEntry(name)])
    for (const name of names) {
      const [entry, ...others] = await collect(store.read(owner, name))
      assert.deepEqual([entry?.bytes, others], [bytesOf(name), []])
    }
  })

  it('J1 a session, its user and its tenant own streams of their own', async ({ store }) => {
    const { tenantId, userId, sessionId } = freshIdentity()
    const owners: Owner[] = [
      { tenantId, userId, sessionId },
      userOwner({ tenantId, userId }),
      tenantOwner({ tenantId }),
    ]
    for (const [index, owner] of owners.entries()) await appendTexts(store, owner, [`${index}`])
    for (const [index, owner] of owners.entries()) {
      assert.deepEqual(await textsIn(store, owner), [`${index}`])
    }
  })

  it('J1 an entry id is that of its stream: another one may have the same', async ({ store }) => {
    const owner = freshIdentity()
    const entry = newEntry('here')
    await store.append(owner, STREAM, [entry])
    const elsewhere = { ...entry, bytes: bytesOf('there') }
    for (const [other, stream] of [
      [owner, 'another'],
      [{ ...owner, runId: 'another' }, STREAM],
      [freshIdentity(), STREAM],
    ] as const) {
      const { entries } = await store.append(other, stream, [elsewhere])
      assert.deepEqual(entries, [{ position: 1, outcome: 'appended' }])
    }
  })
}

/** Registers the cases of J1 for options and lists of entries. */
export function malformedCalls({ it }: JournalCases): void {
  it('J1 an unknown name of an argument is rejected', async ({ store }) => {
    const owner = freshIdentity()
    const entry = newEntry('kept')
    const replacement = replacementOf(owner)
    const calls: (() => unknown)[] = [
      ...withUnknownNames(entry).map((given) => () => store.append(owner, STREAM, [given])),
      ...withUnknownNames(replacement).map((given) => () => store.replaceAfter(given)),
      ...withUnknownNames({ before: 1 }).map((given) => () => store.trim(owner, STREAM, given)),
      ...withUnknownNames({}).flatMap((options) => [
        () => store.append(owner, STREAM, [entry], options),
        () => store.replaceAfter(replacement, options),
        () => store.read(owner, STREAM, options),
        () => store.get(owner, STREAM, [entry.entryId], options),
        () => store.head(owner, STREAM, options),
        () => store.follow(owner, STREAM, options),
        () => store.streams(owner, options),
        () => store.delete(owner, STREAM, options),
      ]),
      ...withUnknownNames({ generation: 'g', position: 1 }).map(
        (after) => () => store.follow(owner, STREAM, { after }),
      ),
    ]
    for (const call of calls) await assertFails('invalid_record', call)
    for (const options of noOptions()) {
      await assertFails('invalid_record', () => store.append(owner, STREAM, [entry], options))
      await assertFails('invalid_record', () => store.read(owner, STREAM, options))
    }
    await assertHolds(store, owner, [])
  })

  it('J1 no entries, too many, an id twice or no array are rejected', async ({ store }) => {
    const owner = freshIdentity()
    const entry = newEntry('kept')
    const lists: unknown[] = [
      undefined,
      null,
      {},
      entry,
      [],
      [undefined],
      [null],
      Array.from({ length: 1 }),
      Array.from({ length: 1_001 }, (_, index) => newEntry(`${index}`)),
      [entry, entry],
      [{ ...entry, type: 7 }],
      [{ ...entry, type: 'x'.repeat(257) }],
      [{ ...entry, type: '\ud800' }],
      [{ ...entry, createdAt: 1 }],
      [{ ...entry, createdAt: new Date(Number.NaN) }],
      [{ ...entry, bytes: new Uint8Array(16 * 1024 * 1024 + 1) }],
    ]
    for (const entries of lists) {
      await assertFails('invalid_record', () =>
        store.append(owner, STREAM, malformed<NewEntry[]>(entries)),
      )
    }
    for (const entries of lists.filter((each) => !Array.isArray(each) || each.length > 0)) {
      await assertFails('invalid_record', () =>
        store.replaceAfter({ ...replacementOf(owner), entries: malformed<NewEntry[]>(entries) }),
      )
    }
    await assertHolds(store, owner, [])
  })

  it('J1 malformed conditions, ranges, cursors and orders are rejected at once', async ({
    store,
  }) => {
    const owner = freshIdentity()
    for (const wrong of invalidPositions) {
      const position = malformed<number>(wrong)
      await assertFails('invalid_record', () =>
        store.append(owner, STREAM, [newEntry('kept')], { ifPosition: position }),
      )
      await assertFails('invalid_record', () =>
        store.replaceAfter({ ...replacementOf(owner), ifPosition: position }),
      )
      await assertFails('invalid_record', () =>
        store.follow(owner, STREAM, { after: { generation: 'g', position } }),
      )
      if (wrong === undefined) continue
      await assertFails('invalid_record', () => store.read(owner, STREAM, { from: position }))
      await assertFails('invalid_record', () => store.read(owner, STREAM, { to: position }))
    }
    await assertFails('invalid_record', () =>
      store.replaceAfter({ ...replacementOf(owner), position: 1 }),
    )
    for (const wrong of invalidPageSizes) {
      const pageSize = malformed<number>(wrong)
      await assertFails('invalid_record', () => store.read(owner, STREAM, { pageSize }))
      await assertFails('invalid_record', () => store.follow(owner, STREAM, { pageSize }))
      await assertFails('invalid_record', () => store.streams(owner, { pageSize }))
    }
    for (const options of [{ order: 'newest' }, { order: 'recent', limit: -1 }, { prefix: 7 }]) {
      await assertFails('invalid_record', () => store.streams(owner, malformed(options)))
    }
    for (const after of [null, 7, 'g:1', {}, { generation: 'g' }, { position: 1 }]) {
      await assertFails('invalid_record', () =>
        store.follow(owner, STREAM, { after: malformed(after) }),
      )
    }
    await assertFails('invalid_record', () => store.trim(owner, STREAM, malformed(undefined)))
    await assertFails('invalid_record', () => store.get(owner, STREAM, malformed('an id')))
    const ids = Array.from({ length: 1_001 }, newEventId)
    await assertFails('invalid_record', () => store.get(owner, STREAM, ids))
    await assertHolds(store, owner, [])
  })

  it('J1 what the caller changes after the call has no effect', async ({ store }) => {
    const owner: { tenantId: string; userId: string; sessionId: string } = freshIdentity()
    const first = { ...owner }
    const entry = { entryId: newEventId(), type: 'first', bytes: bytesOf('first') }
    const entries = [entry]
    const appending = store.append(owner, STREAM, entries)
    owner.userId = 'another'
    entry.type = 'second'
    entry.bytes.fill(0)
    entries.pop()
    await appending
    const [kept] = await collect(store.read({ ...first, runId: 'run' }, STREAM))
    assert.deepEqual([kept?.type, kept?.bytes], ['first', bytesOf('first')])
  })
}

function replacementOf(owner: RunIdentity): Replacement {
  return {
    owner,
    stream: STREAM,
    position: 0,
    entries: [newEntry('replaced')],
    operationId: newEventId(),
    ifPosition: 0,
  }
}
