import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

import { describe, expect, test } from 'vitest'

import { artifactFiles, onlyArtifactFile } from './support/artifact-files.ts'
import { collect } from '@harborage/test-kit/collect'
import { recordSynced } from './support/file-handles.ts'
import { openArtifacts } from './support/open-artifacts.ts'
import { replaceCall } from './support/replace-call.ts'
import { runScript } from './support/run-script.ts'
import { snapshot } from './support/snapshot.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import type { TidyingAnswer } from './support/tidying-process.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

const session = { tenantId: 't', userId: 'u', sessionId: 's' }
const scope = { ...session, taskId: 'k' }
const maintenance = { maintenanceScoped: true } as const

describe('nothing is left below the root', () => {
  test('of removed tasks, while the rest of the session stays', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const kept = await artifacts.putText(session, 'kept')
    const before = await snapshot(root)
    for (let index = 0; index < 20; index += 1) {
      const task = artifacts.scoped({ ...session, taskId: `secret task ${index}` })
      await task.putText('one')
      await task.putText('two', { namespace: 'another' })
      expect(await task.deleteAll()).toBe(2)
    }
    expect(await snapshot(root)).toEqual(before)
    expect(await collect(artifacts.list(session))).toEqual([kept])
    await artifacts.delete(session, kept.id)
    expect(Object.keys(await snapshot(root))).toEqual(['artifacts', 'temporary'])
  })

  test('of a removed session, unless its user has another one', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const other = { ...session, sessionId: 'other' }
    await artifacts.putText(other, 'text')
    const before = await snapshot(root)
    await artifacts.putText(scope, 'text')
    expect(await deleteSession(artifacts, session)).toBe(1)
    expect(await snapshot(root)).toEqual(before)
    expect(await deleteSession(artifacts, other)).toBe(1)
    expect(Object.keys(await snapshot(root))).toEqual(['artifacts', 'temporary'])
  })

  test('once a list has found what an earlier version left behind', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const kept = await artifacts.putText(session, 'kept')
    const before = await snapshot(root)
    // As by a version that removed files only.
    for (const taskId of ['one', 'two']) await artifacts.putText({ ...scope, taskId }, 'text')
    for (const file of await artifactFiles(root)) {
      if (before[file.slice(root.length + 1)] === undefined) {
        await rm(file)
        await age(dirname(file))
      }
    }
    // As by a process that was killed when it had just taken its name from a folder.
    const empty = join(root, 'artifacts', '0'.repeat(64))
    await mkdir(empty)
    await age(empty)
    await using fresh = await openArtifacts(root)
    expect(await collect(fresh.list(maintenance))).toEqual([kept])
    expect(await snapshot(root)).toEqual(before)
  })

  test('but a list leaves folders that a put may have just created', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    await artifacts.putText(scope, 'text')
    await rm(await onlyArtifactFile(root))
    const before = await snapshot(root)
    expect(await collect(artifacts.list(maintenance))).toEqual([])
    expect(await snapshot(root)).toEqual(before)
  })
})

test('a put during the removal of its folder succeeds, and the name file is there', async () => {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  const { id } = await artifacts.putText(scope, 'first')
  const shard = dirname(await onlyArtifactFile(root))
  const task = join(shard, '..', '..')
  let putting: Promise<unknown> | undefined
  replaceCall('rmdir', (real) => async (path, ...rest) => {
    if (path === task) putting ??= artifacts.putText(scope, 'second')
    await putting
    await real(path, ...rest)
  })
  expect(await artifacts.delete(scope, id)).toBe(true)
  expect(putting).toBeDefined()
  await using fresh = await openArtifacts(root)
  expect(await collect(fresh.list(maintenance))).toEqual([await putting])
  expect(await readFile(join(task, 'name'), 'utf8')).toBe('k')
})

test('concurrent puts and removals of one task lose nothing and leave nothing', async () => {
  const root = await temporaryFolder()
  const names = ['a', 'b', 'c', 'd']
  const answers = await Promise.all(
    names.map((name) => runScript<TidyingAnswer>('tidying-process.ts', [root, name])),
  )
  expect(answers.flatMap(({ faults }) => faults)).toEqual([])
  expect(Object.keys(await snapshot(root))).toEqual(['artifacts', 'temporary'])
})

test('processes killed while removing folders hide nothing that others put', async () => {
  const root = await temporaryFolder()
  let isOver = false
  const working = Promise.all(
    ['a', 'b'].map((name) => runScript<TidyingAnswer>('tidying-process.ts', [root, name])),
  ).finally(() => (isOver = true))
  for (let killed = 0; !isOver; killed += 1) await killTidier(root, `victim ${killed}`, killed % 7)
  expect((await working).flatMap(({ faults }) => faults)).toEqual([])
  await using artifacts = await openArtifacts(root)
  for (const ref of await collect(artifacts.list(maintenance))) {
    expect(await artifacts.getText(ref.scope, ref.id)).toMatch(/^victim/)
  }
})

/** Lets a process do a number of rounds and kills it at that moment. */
async function killTidier(root: string, name: string, rounds: number): Promise<void> {
  const script = join(import.meta.dirname, 'support/endless-tidier.ts')
  const tidier = spawn(process.execPath, [script, root, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(tidier, 'exit')
  let seen = 0
  for await (const _ of createInterface({ input: tidier.stdout })) {
    seen += 1
    if (seen > rounds) tidier.kill('SIGKILL')
  }
  await exited
}

describe('an acknowledged change is durable', () => {
  test('for a delete that removes folders, once the lowest remaining one is synchronized', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    await artifacts.putText(session, 'kept')
    const { id } = await artifacts.putText(scope, 'text')
    const sessionFolder = join(dirname(await fileOf(root, id)), '..', '..', '..')
    const synced = recordSynced()
    await artifacts.delete(scope, id)
    expect(synced).toEqual([(await stat(sessionFolder)).ino])
  })

  test('for a delete whose folder another process removed and created again', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const { id } = await artifacts.putText(scope, 'text')
    const shard = dirname(await onlyArtifactFile(root))
    await rm(join(root, 'artifacts', (await readdir(join(root, 'artifacts')))[0] ?? ''), {
      recursive: true,
    })
    await mkdir(shard, { recursive: true })
    const synced = recordSynced()
    expect(await artifacts.delete(scope, id)).toBe(false)
    expect(synced).toContain((await stat(join(root, 'artifacts'))).ino)
  })

  test('for a put that another process removes with its session before it is synchronized', async () => {
    const root = await temporaryFolder()
    await using artifacts = await openArtifacts(root)
    const { id } = await artifacts.putText(scope, 'text')
    const sessionFolder = join(dirname(await onlyArtifactFile(root)), '..', '..', '..')
    const user = dirname(sessionFolder)
    await artifacts.putText(scope, 'keeps the folders')
    await rm(await fileOf(root, id))
    let isRemoved = false
    replaceCall('link', (real) => async (from, to) => {
      await real(from, to)
      if (isRemoved || !String(to).startsWith(sessionFolder)) return
      isRemoved = true
      // Like deleteAll of another process, which has not synchronized anything yet.
      await rename(sessionFolder, join(root, 'temporary', 'removed'))
    })
    const synced = recordSynced()
    await artifacts.putText(scope, 'text')
    expect(isRemoved).toBe(true)
    expect(synced).toContain((await stat(user)).ino)
    expect(await artifacts.get(scope, id)).toBeUndefined()
  })
})

async function fileOf(root: string, id: string): Promise<string> {
  const digits = id.slice(id.lastIndexOf('_') + 1)
  const file = (await artifactFiles(root)).find((path) => path.endsWith(digits))
  if (file === undefined) throw new Error('the artifact has no file')
  return file
}

async function age(folder: string): Promise<void> {
  const hourAgo = new Date(Date.now() - 3_600_000)
  await writeFile(join(folder, 'x'), '')
  await rm(join(folder, 'x'))
  await utimes(folder, hourAgo, hourAgo)
}
