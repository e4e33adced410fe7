import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort } from '@harborage/test-kit/free-port'
import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import { Container } from './container.ts'
import { buildImage, type Image } from './dockerfile.ts'
import { guide } from './guide-project.ts'
import { runCommand } from './run-command.ts'

/**
 * Makes the steps of the Dockerfile in docs/guides/docker.md, and runs what they make, without a
 * container.
 */
export function dockerGuide(): void {
  const { steps, blocks } = guide('docker')
  const diagnose = ['node', 'diagnose.mjs']

  describe('the Dockerfile of the guide docker', () => {
    let base: string
    let image: Image
    beforeAll(async () => {
      base = await mkdtemp(join(tmpdir(), 'harborage-docker-'))
      // For the user of the image.
      await chmod(base, 0o755)
      const context = join(base, 'context')
      await mkdir(context)
      await writeFile(join(context, '.npmrc'), inject('npmrc'))
      const files = new Map<string, string>()
      for (const step of steps) {
        if (step.does === 'write') files.set(step.file, step.content)
      }
      for (const [file, content] of files) await writeFile(join(context, file), content)
      const packages = steps.flatMap((step) => (step.does === 'install' ? step.packages : []))
      const lock = ['install', '--package-lock-only', '--prefer-offline', '--no-audit']
      await runCommand(context, 'npm', ...lock, ...packages)
      image = await buildImage(files.get('Dockerfile') ?? '', context, join(base, 'image'))
    })
    afterAll(() => rm(base, { recursive: true, force: true }))

    test('keeps in its volume what it saved, and closes the store at SIGTERM', async () => {
      const volume = join(base, 'volume')
      const PORT = String(await freePort())
      const first = await container({ PORT })
      {
        await using server = first.start()
        await first.untilHealthy(server)
        expect(await save(PORT)).toBe('saved')
        server.signal('SIGTERM')
        expect(await server.ended).toEqual({ output: '', status: 0 })
      }
      await first.unmount(volume)
      expect(await readdir(volume)).toEqual(['agent.db'])

      const next = await container({ PORT })
      await next.mount(volume)
      await using server = next.start()
      await next.untilHealthy(server)
      expect(await load(PORT)).toBe('step 3')
      const found = await next.start(diagnose).ended
      expect(found).toEqual({ output: '', status: 0 })
    })

    // What a killed process leaves, tests/faults shows in every run.
    if (isFullRun) {
      test('ignores SIGTERM without the handler; killed, it leaves all that was saved', async () => {
        const volume = join(base, 'volume-of-killed')
        const PORT = String(await freePort())
        const first = await container({ PORT })
        const [withoutHandler] = (await runCommand(first.folder, 'cat', 'server.mjs')).split(
          'for (',
        )
        await writeFile(join(first.folder, 'server.mjs'), withoutHandler ?? '')
        {
          await using server = first.start()
          await first.untilHealthy(server)
          expect(await save(PORT)).toBe('saved')
          server.signal('SIGTERM')
          expect(await first.isHealthy()).toBe(true)
          server.signal('SIGKILL')
          await server.ended
        }
        await first.unmount(volume)
        expect(await readdir(volume)).toContain('agent.db-wal')

        const next = await container({ PORT })
        await next.mount(volume)
        await using server = next.start()
        await next.untilHealthy(server)
        expect(await load(PORT)).toBe('step 3')
      })
    }

    test('is told what is wrong with its volume, as the guide says', async () => {
      const volume = join(base, 'volume-of-another')
      await mkdir(volume, { mode: 0o555 })
      const another = await container()
      await another.mount(volume)
      const absent = await container({ HARBORAGE_DSN: 'sqlite:./elsewhere/agent.db' })
      const alone = await container()
      await writeFile(join(base, 'agent.db'), '')
      await writeFile(join(alone.folder, 'data/agent.db'), '')
      const mounted = `mount --bind ${base}/agent.db data/agent.db && node diagnose.mjs`
      const environment = ['env', `HARBORAGE_DSN=${image.env['HARBORAGE_DSN']}`]
      const isolated = ['--user', '--map-root-user', '--mount', ...environment, 'sh', '-c']
      const printed = new Map([
        [
          'only the file is mounted',
          await runCommand(alone.folder, 'unshare', ...isolated, mounted),
        ],
        ['the volume belongs to another user', (await another.start(diagnose).ended).output],
        ['the folder does not exist', (await absent.start(diagnose).ended).output],
      ])
      expect(printed).toEqual(new Map([...blocks].map(([name, text]) => [name, `${text}\n`])))
    })

    let containers = 0
    async function container(env: Readonly<Record<string, string>> = {}): Promise<Container> {
      containers += 1
      return Container.create(image, join(base, `container-${containers}`), env)
    }
  })
}

async function save(port: string): Promise<string> {
  const response = await fetch(`http://localhost:${port}/`, { method: 'POST', body: 'step 3' })
  return response.text()
}

async function load(port: string): Promise<string> {
  return (await fetch(`http://localhost:${port}/`)).text()
}
