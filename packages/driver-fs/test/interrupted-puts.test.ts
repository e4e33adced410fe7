import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

import type { ArtifactStore } from '@harborage/artifacts'
import { expect, onTestFinished, test, vi } from 'vitest'

import { collect } from '@harborage/test-kit/collect'
import { openArtifacts } from './support/open-artifacts.ts'
import { replaceCall } from './support/replace-call.ts'
import { temporaryFiles } from './support/temporary-files.ts'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const scope = { tenantId: 't', userId: 'u', sessionId: 's' }

test('the file of a killed process is removed at the next open, and nothing of it is visible', async () => {
  const root = await temporaryFolder()
  const { writer } = await startWriter(root)
  await writingIn(root)
  const exited = once(writer, 'exit')
  writer.kill('SIGKILL')
  await exited
  expect(await temporaryFiles(root)).toHaveLength(1)

  await using artifacts = await openArtifacts(root)
  expect(await temporaryFiles(root)).toEqual([])
  for (const ref of await collect(artifacts.list(scope))) {
    expect(await artifacts.get(scope, ref.id)).toHaveLength(ref.sizeBytes)
  }
})

test('the file of a running process stays, and its put succeeds', async () => {
  const root = await temporaryFolder()
  const { writer, lines } = await startWriter(root)
  // Stopped in the middle of a put, it cannot have finished before the folder is opened.
  for (let stopped = false; !stopped;) {
    await writingIn(root)
    writer.kill('SIGSTOP')
    stopped = (await temporaryFiles(root)).length === 1
    if (!stopped) writer.kill('SIGCONT')
  }
  const before = await temporaryFiles(root)
  await (await openArtifacts(root)).close()
  expect(await temporaryFiles(root)).toEqual(before)

  const put = once(lines, 'line')
  writer.kill('SIGCONT')
  expect(await put).toEqual([expect.stringMatching(/^default_[0-9a-f]{12}$/)])
  const exited = once(writer, 'exit')
  writer.kill('SIGTERM')
  await exited
})

test('the file of this process stays when it opens the folder again', async () => {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  const finishPut = await beginPut(artifacts)
  const before = await temporaryFiles(root)
  expect(before).toHaveLength(1)
  await using _again = await openArtifacts(root)
  expect(await temporaryFiles(root)).toEqual(before)
  await finishPut()
})

test('the file of another machine is kept for a day', async () => {
  const root = await temporaryFolder()
  await (await openArtifacts(root)).close()
  const hour = 60 * 60 * 1000
  const fresh = `0123456789ab-1-${Date.now() - 23 * hour}-0123456789ab-1`
  const old = `0123456789ab-1-${Date.now() - 25 * hour}-0123456789ab-1`
  for (const name of [fresh, old]) await writeFile(join(root, 'temporary', name), 'half of it')
  await (await openArtifacts(root)).close()
  expect(await temporaryFiles(root)).toEqual([fresh])
})

test('the file of an earlier process with the same id is removed', async () => {
  const root = await temporaryFolder()
  await using artifacts = await openArtifacts(root)
  const finishPut = await beginPut(artifacts)
  const [current = ''] = await temporaryFiles(root)
  const beforeThisProcess = String(Date.now() - Math.ceil(process.uptime() * 1000) - 1_000)
  const earlier = current.replace(/-\d{13}-/, `-${beforeThisProcess}-`)
  await writeFile(join(root, 'temporary', earlier), 'half of it')
  await (await openArtifacts(root)).close()
  expect(await temporaryFiles(root)).toEqual([current])
  await finishPut()
})

/** Begins a put and waits until its file is written. Returns the function that lets it continue. */
async function beginPut(artifacts: ArtifactStore): Promise<() => Promise<unknown>> {
  await artifacts.putText(scope, 'in the same folders')
  const [isWritten, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isFirst = true
  replaceCall('link', (real) => async (from, to) => {
    if (isFirst) {
      isFirst = false
      isWritten.resolve()
      await mayGoOn.promise
    }
    await real(from, to)
  })
  const putting = artifacts.putText(scope, 'what is being written')
  await isWritten.promise
  return () => {
    mayGoOn.resolve()
    return putting
  }
}

async function startWriter(root: string): Promise<{ writer: ChildProcess; lines: Interface }> {
  const script = join(import.meta.dirname, 'support/endless-writer.ts')
  const writer = spawn(process.execPath, [script, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void writer.kill('SIGKILL'))
  const lines = createInterface({ input: writer.stdout })
  await once(lines, 'line')
  return { writer, lines }
}

/** Waits until a large file is being written. */
async function writingIn(root: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const [name = 'none'] = await temporaryFiles(root)
      expect((await stat(join(root, 'temporary', name))).size).toBeGreaterThan(1_000)
    },
    { interval: 1, timeout: 300_000 },
  )
}
