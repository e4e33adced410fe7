import { InMemoryArtifactService, type BaseArtifactService } from '@google/adk'
import { HarborageArtifactService, sessionIdentity } from '@harborage/adk'
import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { acme, ann } from './support/events.ts'
import { malformed } from './support/malformed.ts'
import { files, memory, places, type Stores } from './support/places.ts'

const s1 = { ...ann, sessionId: 's1' }

function serviceOf({ artifacts, state }: Stores): HarborageArtifactService {
  return new HarborageArtifactService({ artifacts, state, tenant: acme })
}

describe.each([...places, files])('artifacts on $name', ({ open }) => {
  test('have versions by name, whose content is as it was saved', async () => {
    const stores = await open()
    const service = serviceOf(stores)
    const file = { ...s1, filename: 'report.pdf' }
    const parts = [
      { inlineData: { mimeType: 'application/pdf', data: 'AP+A', displayName: 'Report' } },
      { text: 'plain \ufeff text 😀', thought: true },
      { text: '' },
      { fileData: { fileUri: 'gs://bucket/report.pdf', mimeType: 'application/pdf' } },
      { inlineData: { mimeType: 'image/png', data: '' } },
    ]
    for (const [version, artifact] of parts.entries()) {
      const customMetadata = { page: version }
      expect(await service.saveArtifact({ ...file, artifact, customMetadata })).toBe(version)
    }
    const other = serviceOf(stores)
    for (const [version, artifact] of parts.entries()) {
      expect(await other.loadArtifact({ ...file, version })).toEqual(artifact)
    }
    expect(await other.loadArtifact(file)).toEqual(parts.at(-1))
    expect(await other.loadArtifact({ ...file, version: 9 })).toBeUndefined()
    expect(await other.listVersions(file)).toEqual([0, 1, 2, 3, 4])
    const versions = await other.listArtifactVersions(file)
    expect(versions).toMatchObject([
      { version: 0, mimeType: 'application/pdf', customMetadata: { page: 0 } },
      { version: 1 },
      { version: 2 },
      { version: 3, canonicalUri: 'gs://bucket/report.pdf' },
      { version: 4, mimeType: 'image/png' },
    ])
    expect(await other.getArtifactVersion(file)).toEqual(versions[4])
    expect(await other.getArtifactVersion({ ...file, version: 1 })).toEqual(versions[1])
    expect(await other.getArtifactVersion({ ...file, version: 5 })).toBeUndefined()
  })

  test('are of a session, or of its user in all sessions of an application', async () => {
    const service = serviceOf(await open())
    const artifact = { text: 'x' }
    await service.saveArtifact({ ...s1, filename: 'b', artifact })
    await service.saveArtifact({ ...s1, filename: 'user:a', artifact })
    await service.saveArtifact({ ...s1, sessionId: 's2', filename: 'c', artifact })
    expect(await service.listArtifactKeys(s1)).toEqual(['b', 'user:a'])
    expect(await service.listArtifactKeys({ ...s1, sessionId: 's2' })).toEqual(['c', 'user:a'])
    expect(await service.listArtifactKeys({ ...s1, userId: 'bob' })).toEqual([])
    expect(await service.listArtifactKeys({ ...s1, appName: 'bank' })).toEqual([])
    const elsewhere = { ...s1, sessionId: 's9', filename: 'user:a' }
    expect(await service.loadArtifact(elsewhere)).toEqual(artifact)
    expect(await service.loadArtifact({ ...elsewhere, appName: 'bank' })).toBeUndefined()
  })

  test('of equal content are kept once for a file, and live by themselves', async () => {
    const stores = await open()
    const service = serviceOf(stores)
    const artifact = { text: 'the same' }
    const [first, second] = [
      { ...s1, filename: 'a' },
      { ...s1, filename: 'b' },
    ]
    for (const file of [first, first, second]) await service.saveArtifact({ ...file, artifact })
    const refs = async (): Promise<number> =>
      (await collect(stores.artifacts.list(sessionIdentity(acme, s1)))).length
    expect(await refs()).toBe(2)
    await service.deleteArtifact(first)
    await service.deleteArtifact(first)
    expect(await refs()).toBe(1)
    expect(await service.loadArtifact(first)).toBeUndefined()
    expect(await service.listVersions(first)).toEqual([])
    expect(await service.listArtifactVersions(first)).toEqual([])
    expect(await service.loadArtifact(second)).toEqual(artifact)
    expect(await service.listArtifactKeys(s1)).toEqual(['b'])
    expect(await service.saveArtifact({ ...first, artifact })).toBe(0)
    await service.deleteArtifact(second)
    expect(await service.loadArtifact(first)).toEqual(artifact)
  })

  test('get a number each, without gaps, from concurrent callers', async () => {
    const stores = await open()
    const file = { ...s1, filename: 'a' }
    const saves = Array.from({ length: 12 }, (_, index) =>
      serviceOf(stores).saveArtifact({ ...file, artifact: { text: `${index}` } }),
    )
    const versions = await Promise.all(saves)
    expect(versions.toSorted((left, right) => left - right)).toEqual(saves.map((_, index) => index))
    for (const [index, version] of versions.entries()) {
      const loaded = await serviceOf(stores).loadArtifact({ ...file, version })
      expect(loaded).toEqual({ text: `${index}` })
    }
  })

  test('lose no content to a deletion beside them', async () => {
    const stores = await open()
    const file = { ...s1, filename: 'a' }
    const artifact = { text: 'the same' }
    for (let round = 0; round < 8; round += 1) {
      await Promise.all([
        serviceOf(stores).saveArtifact({ ...file, artifact }),
        serviceOf(stores).deleteArtifact(file),
        serviceOf(stores).saveArtifact({ ...file, artifact }),
      ])
      const service = serviceOf(stores)
      for (const version of await service.listVersions(file)) {
        expect(await service.loadArtifact({ ...file, version })).toEqual(artifact)
      }
    }
  })

  test('go on with a deletion that was interrupted', async () => {
    const stores = await open()
    const service = serviceOf(stores)
    const file = { ...s1, filename: 'a' }
    await service.saveArtifact({ ...file, artifact: { text: 'x' } })
    const { state, artifacts } = stores
    // Fails once the file counts as deleted, as if the process had been killed there.
    const killed = new Proxy(state, {
      get(target, name): unknown {
        if (name === 'commit') return () => Promise.reject(new Error('killed'))
        const member: unknown = Reflect.get(target, name, target)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    const dying = new HarborageArtifactService({ artifacts, state: killed, tenant: acme })
    await expect(dying.deleteArtifact(file)).rejects.toThrow('killed')
    expect(await service.listArtifactKeys(s1)).toEqual([])
    expect(await service.loadArtifact(file)).toBeUndefined()
    const session = sessionIdentity(acme, s1)
    expect(await collect(state.list(session, ''))).toEqual([])
    expect(await collect(artifacts.list(session))).toEqual([])
  })

  test('have any name', async () => {
    const service = serviceOf(await open())
    const names = [
      '../../etc/passwd',
      '/',
      '%',
      'a/b',
      '.',
      '\0',
      'ä😀',
      'n'.repeat(3000),
      '__proto__',
      '\ud800',
    ]
    for (const filename of names) {
      await service.saveArtifact({
        ...s1,
        filename,
        artifact: { text: filename.length.toString() },
      })
    }
    expect(await service.listArtifactKeys(s1)).toEqual(names.toSorted())
    for (const filename of names) {
      expect(await service.loadArtifact({ ...s1, filename })).toEqual({
        text: `${filename.length}`,
      })
    }
  })
})

test('what is no artifact is refused, and nothing is stored', async () => {
  const stores = await memory.open()
  const service = serviceOf(stores)
  const file = { ...s1, filename: 'a' }
  const wrong: readonly unknown[] = [
    ...[undefined, null, 'text', {}, { functionCall: {} }, { text: 7 }, { text: '\ud800' }],
    ...[{ inlineData: { data: '!!' } }, { inlineData: { data: 7 } }, { fileData: 'gs://x' }],
    ...[{ text: 'x', partMetadata: { at: new Map() } }],
  ]
  for (const artifact of wrong) {
    const refused = service.saveArtifact({ ...file, artifact: malformed(artifact) })
    expect(await failureOf(refused)).toMatchObject({ code: 'invalid_record' })
  }
  const artifact = { text: 'x' }
  for (const filename of ['', undefined, 7]) {
    const refused = service.saveArtifact({ ...s1, filename: malformed(filename), artifact })
    expect(await failureOf(refused)).toMatchObject({ code: 'invalid_record' })
  }
  for (const version of [-1, 0.5, '0', null]) {
    const refused = service.loadArtifact({ ...file, version: malformed(version) })
    expect(await failureOf(refused)).toMatchObject({ code: 'invalid_record' })
  }
  for (const customMetadata of ['x', 7, { at: () => 1 }]) {
    const refused = service.saveArtifact({
      ...file,
      artifact,
      customMetadata: malformed(customMetadata),
    })
    expect(await failureOf(refused)).toMatchObject({ code: 'invalid_record' })
  }
  const session = sessionIdentity(acme, s1)
  expect(await collect(stores.state.list(session, ''))).toEqual([])
  expect(await collect(stores.artifacts.list(session))).toEqual([])
})

test('content that was removed from the artifact store is told as such', async () => {
  const stores = await memory.open()
  const service = serviceOf(stores)
  const file = { ...s1, filename: 'a' }
  await service.saveArtifact({ ...file, artifact: { text: 'x' } })
  const session = sessionIdentity(acme, s1)
  for (const { id } of await collect(stores.artifacts.list(session))) {
    await stores.artifacts.delete(session, id)
  }
  expect(await failureOf(service.loadArtifact(file))).toMatchObject({ code: 'not_found' })
})

test("a service answers as ADK's own in memory does", async () => {
  const ours = await scene(serviceOf(await memory.open()))
  expect(ours).toEqual(await scene(new InMemoryArtifactService()))
})

async function scene(service: BaseArtifactService): Promise<unknown> {
  const file = { ...s1, filename: 'a' }
  const shared = { ...s1, filename: 'user:b' }
  return [
    await service.saveArtifact({ ...file, artifact: { text: 'one' } }),
    await service.saveArtifact({ ...file, artifact: { text: 'two' } }),
    await service.saveArtifact({ ...shared, artifact: { text: 'three' } }),
    await service.loadArtifact(file),
    await service.loadArtifact({ ...file, version: 0 }),
    await service.loadArtifact({ ...file, version: 7 }),
    await service.loadArtifact({ ...shared, sessionId: 's2' }),
    await service.listArtifactKeys(s1),
    await service.listVersions(file),
    await service.deleteArtifact(file),
    await service.listArtifactKeys(s1),
    await service.listVersions(file),
  ]
}
