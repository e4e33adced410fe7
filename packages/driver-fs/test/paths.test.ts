import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { ArtifactScope } from '@harborage/artifacts'
import { describe, expect, onTestFinished, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { openArtifacts } from './support/open-artifacts.ts'
import { snapshot } from './support/snapshot.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

const plain = { tenantId: 't', userId: 'u', sessionId: 's', taskId: '' }

/** Scopes that alias, escape or fail where a text of a caller becomes part of a path. */
const scopes: readonly ArtifactScope[] = [
  plain,
  { ...plain, userId: '../B/victim' },
  { ...plain, tenantId: 'B', userId: 'victim' },
  { ...plain, tenantId: '..', userId: '..', sessionId: '..', taskId: '..' },
  { ...plain, tenantId: '.', userId: '.', sessionId: '.', taskId: '.' },
  { ...plain, tenantId: '/', userId: '/etc' },
  { ...plain, tenantId: '~', userId: '%2e%2e', sessionId: '..\\..\\x' },
  { ...plain, tenantId: 'a/b', userId: 'c' },
  { ...plain, tenantId: 'a', userId: 'b/c' },
  { ...plain, tenantId: 'a/b/c' },
  { ...plain, taskId: '_' },
  { ...plain, taskId: 'name' },
  { ...plain, tenantId: 'name', userId: 'name', sessionId: 'name', taskId: 'name' },
  { ...plain, tenantId: 'artifacts', userId: 'temporary' },
  { ...plain, tenantId: 'x'.repeat(256), userId: '\u{1f600}'.repeat(64) },
  { ...plain, tenantId: 'CON', userId: 'NUL', sessionId: 'COM1.txt', taskId: 'aux' },
  { ...plain, tenantId: 'con', userId: 'nul', sessionId: 'com1.txt', taskId: 'AUX' },
  { ...plain, tenantId: 'T' },
  { ...plain, tenantId: 't.' },
  { ...plain, tenantId: 't ' },
  { ...plain, tenantId: 't:stream' },
  { ...plain, tenantId: 'é' },
  { ...plain, tenantId: 'e\u0301' },
  { ...plain, tenantId: '-rf', userId: '*', sessionId: '\n', taskId: '\u202e' },
]

describe('with any name of a scope', () => {
  test('it shares nothing with others, and nothing is written outside the root', async () => {
    const parent = await temporaryFolder()
    const root = join(parent, 'deep', 'root')
    await mkdir(join(parent, 'B', 'victim'), { recursive: true })
    await writeFile(join(parent, 'B', 'victim', 'precious'), 'precious')
    await writeFile(join(parent, 'precious'), 'precious')
    const before = await snapshot(parent)
    await using artifacts = await openArtifacts(root)

    for (const [index, scope] of scopes.entries()) {
      await artifacts.putText(scope, `text ${index}`, { filename: '../../../escaped' })
      await artifacts.putText(scope, 'the same text for all')
    }
    for (const [index, scope] of scopes.entries()) {
      const refs = await collect(artifacts.list({ ...plain, ...scope }))
      expect(refs.map((ref) => ref.scope)).toEqual([
        { ...plain, ...scope },
        { ...plain, ...scope },
      ])
      const texts = await Promise.all(refs.map(({ id }) => artifacts.getText(scope, id)))
      expect(new Set(texts)).toEqual(new Set([`text ${index}`, 'the same text for all']))
    }
    const maintenance = { maintenanceScoped: true } as const
    expect(await collect(artifacts.list(maintenance))).toHaveLength(scopes.length * 2)
    for (const scope of scopes) {
      const { taskId: _, ...session } = scope
      await deleteSession(artifacts, session)
      expect(await collect(artifacts.list({ ...plain, ...scope }))).toEqual([])
    }

    const after = await snapshot(parent)
    const outside = Object.entries(after).filter(([path]) => !path.startsWith('deep'))
    expect(Object.fromEntries(outside)).toEqual(before)
    expect(await readdir(join(parent, 'deep'))).toEqual(['root'])
  })

  test('every path below the root consists of digests, each with a name file', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    for (const scope of scopes) {
      await artifacts.putText(scope, 'text', { namespace: '../name', filename: '../file' })
    }
    const digest = '[0-9a-f]{64}'
    const known = new RegExp(
      `^(temporary|artifacts(/${digest}){0,5}(/name)?|artifacts(/${digest}){5}/[0-9a-f]{2}(/[0-9a-f]{12})?)$`,
    )
    const paths = Object.keys(await snapshot(root))
    expect(paths.length).toBeGreaterThan(scopes.length * 3)
    expect(paths.filter((path) => !known.test(path))).toEqual([])
  })
})

test.each(['000', '022', '077'])(
  'files and folders are accessible to their owner only, with the umask %s',
  async (umask) => {
    const before = process.umask(umask)
    onTestFinished(() => void process.umask(before))
    const root = join(await temporaryFolder(), 'made', 'root')
    await using artifacts = await openArtifacts(root)
    await artifacts.putText(plain, 'text')
    const found = Object.values(await snapshot(join(root, '../..')))
    expect(found.length).toBeGreaterThan(10)
    expect(found.filter((what) => !/^(600 file|700 folder)/.test(what))).toEqual([])
  },
)
