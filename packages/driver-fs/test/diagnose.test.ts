import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { diagnose, openFsArtifactDriver } from '@harborage/driver-fs'
import { describe, expect, test } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { failureOf } from '@harborage/test-kit/failure-of'
import { openArtifacts } from './support/open-artifacts.ts'
import { snapshot } from './support/snapshot.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { deleteSession } from '@harborage/test-kit/delete-session'

/** The longest root on Linux in bytes: paths below it have up to 403 bytes more. */
const LONGEST_ROOT = 4_095 - 403

/** Returns a path of exactly the given length below a folder. */
function pathOf(bytes: number, folder: string): string {
  let path = folder
  while (bytes - path.length > 202) path += `/${'a'.repeat(100)}`
  return `${path}/${'b'.repeat(bytes - path.length - 1)}`
}

describe('a healthy folder has no finding and is left unchanged', () => {
  test('that does not exist yet', async () => {
    const folder = await temporaryFolder()
    expect(await diagnose({ dsn: `fs:${join(folder, 'a/b')}` })).toEqual([])
    expect(await snapshot(folder)).toEqual({})
  })

  test('that is in use, also through a link', async () => {
    const folder = await temporaryFolder()
    const root = join(folder, 'root')
    await using artifacts = await openArtifacts(root)
    await artifacts.putText({ tenantId: 't', userId: 'u', sessionId: 's' }, 'text')
    await symlink(root, join(folder, 'link'))
    const before = await snapshot(folder)
    expect(await diagnose({ dsn: join(folder, 'link') })).toEqual([])
    expect(await snapshot(folder)).toEqual(before)
  })
})

describe('a finding has the message with which opening fails', () => {
  test.each<[name: string, dsnIn: (folder: string) => Promise<string>]>([
    ['config', async (folder) => `fs:${folder}?retryTimeoutMs=5`],
    ['config', async () => 'fs://host/a'],
    ['not_a_folder', fileIn],
    ['not_a_folder', async (folder) => join(await fileIn(folder), 'below')],
    ['path_too_long', async (folder) => join(folder, 'a'.repeat(300))],
    ['path_too_long', async (folder) => pathOf(LONGEST_ROOT + 1, folder)],
    ['path_too_long', async (folder) => linkTo(pathOf(LONGEST_ROOT + 1, folder), folder)],
  ])('%s', async (name, dsnIn) => {
    const folder = await temporaryFolder()
    const dsn = await dsnIn(folder)
    const before = await snapshot(folder)
    const findings = await diagnose({ dsn })
    expect(findings).toMatchObject([{ name, grade: 'fails' }])
    const error = await failureOf(openFsArtifactDriver({ dsn }))
    expect(error).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(error.message).toBe(findings[0]?.message)
    expect(await snapshot(folder)).toEqual(before)
  })
})

describe('an entry in place of a folder of the store is found, and opening fails with it', () => {
  test.each(['artifacts', 'temporary'])('%s', async (name) => {
    for (const plant of [plantFile, plantLink]) {
      const folder = await temporaryFolder()
      await plant(join(folder, name), folder)
      const before = await snapshot(folder)
      const findings = await diagnose({ dsn: folder })
      expect(findings).toMatchObject([{ name: 'foreign_entry', grade: 'fails' }])
      expect(findings[0]?.message).toContain(`"${name}"`)
      const error = await failureOf(openFsArtifactDriver({ dsn: folder }))
      expect(error).toMatchObject({ code: 'store_unavailable', retryable: false })
      expect(error.message).toBe(findings[0]?.message)
      expect(await snapshot(folder)).toEqual(before)
    }
  })
})

test('a missing folder with migrate: verify is found', async () => {
  const config = { dsn: join(await temporaryFolder(), 'none'), migrate: 'verify' } as const
  const findings = await diagnose(config)
  expect(findings).toMatchObject([{ name: 'missing', grade: 'fails' }])
  const error = await failureOf(openFsArtifactDriver(config))
  expect(error).toMatchObject({ code: 'schema_outdated', message: findings[0]?.message })
})

test('a name that is too long differs from a path that is too long', async () => {
  const folder = await temporaryFolder()
  const [name] = await diagnose({ dsn: join(folder, 'ä'.repeat(128), 'below') })
  expect(name?.message).toContain('has 256 bytes')
  expect(name?.message).toContain('one name may have 255')
  const [path] = await diagnose({ dsn: pathOf(LONGEST_ROOT + 1, folder) })
  expect(path?.message).toContain('403 bytes more')
})

test.runIf(process.platform === 'linux')(
  'the longest accepted root can hold the longest path',
  async () => {
    await using artifacts = await openArtifacts(pathOf(LONGEST_ROOT, await temporaryFolder()))
    const session = { tenantId: 't', userId: 'u', sessionId: 's' }
    const scope = { ...session, taskId: 'k' }
    // Two contents with the same short id, so that one is named with its full digest.
    const forged = [
      '{"approve":false,"amount":10,"s":3,"n":15411236}',
      '{"approve":true,"amount":1000000,"s":3,"n":18236979}',
    ]
    for (const text of forged) await artifacts.putText(scope, text)
    const refs = await collect(artifacts.list(scope))
    expect(new Set(refs.map(({ id }) => id.length))).toEqual(new Set([20, 72]))
    const texts = await Promise.all(refs.map(({ id }) => artifacts.getText(scope, id)))
    expect(new Set(texts)).toEqual(new Set(forged))
    expect(await deleteSession(artifacts, session)).toBe(2)
  },
)

async function plantFile(place: string): Promise<void> {
  await writeFile(place, 'do not lose me')
}

async function plantLink(place: string, folder: string): Promise<void> {
  await mkdir(join(folder, 'elsewhere'))
  await symlink(join(folder, 'elsewhere'), place)
}

async function fileIn(folder: string): Promise<string> {
  await writeFile(join(folder, 'file'), 'do not lose me')
  return join(folder, 'file')
}

/** Returns the path of a short link to a long path. */
async function linkTo(path: string, folder: string): Promise<string> {
  await mkdir(path, { recursive: true })
  await symlink(path, join(folder, 'link'))
  return join(folder, 'link')
}
