import { join } from 'node:path'

import { HarborageArtifactService, HarborageSessionService, sessionIdentity } from '@harborage/adk'
import { slotInspector, streamInspector } from '@harborage/adk/inspect'
import { newEventId, parseEventId, tenantOwner, userOwner, type Owner } from '@harborage/core'
import { collect } from '@harborage/test-kit/collect'
import { fixturesIn } from '@harborage/test-kit/adapters/fixtures'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { acme, ann, eventOf, textsOf } from './support/events.ts'
import { memory, places, type Stores } from './support/places.ts'

/** What a release has stored. A fixture is never changed. */
interface Fixture {
  readonly records: readonly {
    readonly owner: readonly [userId: string, sessionId: string]
    readonly kind: string
    readonly base64: string
  }[]
  readonly streams: readonly {
    readonly owner: readonly [userId: string, sessionId: string]
    readonly stream: string
    readonly entries: readonly {
      readonly entryId: string
      readonly type: string
      readonly base64: string
    }[]
  }[]
  readonly artifacts: readonly {
    readonly owner: readonly [userId: string, sessionId: string]
    readonly namespace: string
    readonly base64: string
  }[]
}

const s1 = { ...ann, sessionId: 's1' }
const folder = join(import.meta.dirname, '../fixtures')
const fixtures = fixturesIn<Fixture>(folder, 'adk-format-*.json')

function ownerOf([userId, sessionId]: readonly [string, string]): Owner {
  if (userId === '') return tenantOwner(acme)
  return sessionId === '' ? userOwner({ ...acme, userId }) : { ...acme, userId, sessionId }
}

function bytesOf({ base64 }: { readonly base64: string }): Uint8Array {
  return Buffer.from(base64, 'base64')
}

async function restore({ artifacts, journal, state }: Stores, fixture: Fixture): Promise<void> {
  for (const record of fixture.records) {
    const [identity, bytes] = [ownerOf(record.owner), bytesOf(record)]
    await state.save({ identity, kind: record.kind, eventId: newEventId(), bytes })
  }
  for (const { owner, stream, entries } of fixture.streams) {
    const restored = entries.map(({ entryId, type, base64 }) => ({
      ...{ entryId: parseEventId(entryId), type },
      bytes: bytesOf({ base64 }),
    }))
    await journal.append(ownerOf(owner), stream, restored)
  }
  for (const { owner, namespace, base64 } of fixture.artifacts) {
    await artifacts.putBytes(ownerOf(owner), bytesOf({ base64 }), { namespace })
  }
}

describe.each(fixtures)('%s', (_, fixture) => {
  test.each(places)('is read on $name as it was written', async ({ open }) => {
    const stores = await open()
    await restore(stores, fixture)
    const { artifacts, journal, state } = stores
    const sessions = new HarborageSessionService({ state, journal, tenant: acme })
    const files = new HarborageArtifactService({ state, artifacts, tenant: acme })
    const session = await sessions.getSession(s1)
    expect(textsOf(session)).toEqual(['Where is my order?', 'It arrives tomorrow.'])
    const kept = { color: 'blue', 'user:size': 'M', 'app:open': true, bytes: Uint8Array.of(0, 255) }
    expect(session?.state).toEqual(kept)
    const long = await sessions.getSession({ ...s1, sessionId: 's'.repeat(300) })
    expect(long?.state).toMatchObject({ ['k'.repeat(300)]: 1 })
    const { totalItems } = await sessions.listSessions({ appName: 'shop' })
    expect(totalItems).toBe(2)
    expect(await files.listArtifactKeys(s1)).toEqual(['letter.txt', 'user:image.png'])
    expect(await files.loadArtifact({ ...s1, filename: 'letter.txt', version: 0 })).toEqual({
      text: 'Dear Ann',
    })
    expect(await files.loadArtifact({ ...s1, filename: 'user:image.png' })).toEqual({
      inlineData: { mimeType: 'image/png', data: 'AP8=' },
    })
  })

  test('is described and read by the inspectors', async () => {
    const stores = await memory.open()
    await restore(stores, fixture)
    const labels = new Set<string | undefined>()
    for await (const record of stores.state.listKind({ maintenanceScoped: true }, 'adk.')) {
      labels.add(slotInspector.describe(record.kind)?.label)
      expect(await slotInspector.decode(record)).toMatchObject({ isReadable: true })
    }
    expect(Array.from(labels, String).toSorted()).toEqual([
      ...['file', 'session', 'state of a session', 'state of a user'],
      ...['state of an application', 'version of a file'],
    ])
    for (const { owner, stream } of fixture.streams) {
      expect(streamInspector.describe(stream)?.label).toBe('event')
      for (const entry of await collect(stores.journal.read(ownerOf(owner), stream))) {
        expect(await streamInspector.decode(stream, entry)).toMatchObject({ isReadable: true })
      }
    }
  })
})

test.each([
  ['newer_format', '{"format":2}', 'schema_too_new'],
  ['damaged', '{"format":1}', 'invalid_record'],
  [
    'damaged',
    '{"format":1,"appName":7,"key":7,"event":7,"filename":7,"version":""}',
    'invalid_record',
  ],
  ['damaged', '', 'invalid_record'],
  ['damaged', '{"format":', 'invalid_record'],
  ['damaged', '[]', 'invalid_record'],
] as const)('what is %s is told as such: %s', async (reason, text, code) => {
  const { artifacts, journal, state } = await memory.open()
  const sessions = new HarborageSessionService({ state, journal, tenant: acme })
  const files = new HarborageArtifactService({ state, artifacts, tenant: acme })
  const session = await sessions.createSession({ ...s1, state: { color: 'red' } })
  await sessions.appendEvent({ session, event: eventOf('a') })
  const file = { ...s1, filename: 'a' }
  await files.saveArtifact({ ...file, artifact: { text: 'x' } })
  const identity = sessionIdentity(acme, s1)
  const bytes = new TextEncoder().encode(text)
  const unreadable = { isReadable: false, reason }
  for (const record of await collect(state.list(identity, 'adk.'))) {
    expect(await slotInspector.decode({ ...record, bytes })).toMatchObject(unreadable)
    await state.save({ ...record, eventId: newEventId(), bytes })
    const isOfFile = /^adk\.(file|version)/.test(record.kind)
    const call = isOfFile ? files.loadArtifact(file) : sessions.getSession(s1)
    expect(await failureOf(call)).toMatchObject({ code })
    await state.save({ ...record, eventId: newEventId() })
  }
  const [info] = await collect(journal.streams(identity))
  if (info === undefined) throw new Error('there is a stream')
  await journal.append(identity, info.stream, [{ entryId: newEventId(), bytes }])
  expect(await failureOf(sessions.getSession(s1))).toMatchObject({ code })
  const [, entry] = await collect(journal.read(identity, info.stream))
  if (entry === undefined) throw new Error('there is an entry')
  expect(await streamInspector.decode(info.stream, entry)).toMatchObject(unreadable)
})

test('what others wrote is not described', async () => {
  const { journal, state } = await memory.open()
  const identity = sessionIdentity(acme, s1)
  const bytes = new TextEncoder().encode('x')
  await state.save({ identity, kind: 'adk.sessions', eventId: newEventId(), bytes })
  await journal.append(identity, 'transcript', [{ entryId: newEventId(), bytes }])
  const [record] = await collect(state.list(identity, ''))
  const [entry] = await collect(journal.read(identity, 'transcript'))
  if (record === undefined || entry === undefined) throw new Error('both are there')
  expect(slotInspector.describe('adk.sessions')).toBeUndefined()
  expect(await slotInspector.decode(record)).toBeUndefined()
  expect(streamInspector.describe('transcript')).toBeUndefined()
  expect(await streamInspector.decode('transcript', entry)).toBeUndefined()
})
