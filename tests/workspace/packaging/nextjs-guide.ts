import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { freePort } from '@harborage/test-kit/free-port'
import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { packagesOf } from '../docs/guide-steps.ts'
import { installInEmptyProject, type ConsumerProject } from './consumer-project.ts'
import { guide, GuideProject } from './guide-project.ts'
import { cleanEnv, runCommand, tryCommand, tryInShell } from './run-command.ts'

const NEXT = ['node', 'node_modules/next/dist/bin/next'] as const

/**
 * Compiles and calls the files of docs/guides/nextjs.md; the full run builds and starts them with
 * Next.js, which is too large to be installed each time.
 *
 * @param installed The project that has every package.
 */
export function nextjsGuide(installed: () => ConsumerProject): void {
  const page = guide('nextjs')

  test('the files of the guide nextjs compile, save, load, and close at SIGTERM', async () => {
    await using project = await GuideProject.create({ installed: installed().folder })
    expect(await project.follow(page)).toEqual([])
    await project.write('call.cjs', callHandlers)
    await project.write('data/.gitkeep', '')
    await runCommand(project.folder, 'tsc', ...compile, 'app/api/note/route.ts')
    const printed = await runCommand(project.folder, 'node', 'call.cjs')
    expect(printed).toBe('{"outcome":"saved"} step 3\n')
    expect(await readdir(join(project.folder, 'data'))).toEqual(['.gitkeep', 'agent.db'])
  })

  if (!isFullRun) return

  describe('a project that follows the guide nextjs', () => {
    const block = (name: string): string => page.blocks.get(name) ?? ''
    let project: ConsumerProject
    beforeAll(async () => {
      const packages = page.steps.flatMap((step) => (step.does === 'install' ? step.packages : []))
      const larger = block('install').split('\n').flatMap(packagesOf)
      project = await installInEmptyProject('npm', ...packages, ...larger)
      // Next.js writes its own.
      await rm(join(project.folder, 'tsconfig.json'))
      for (const step of page.steps) {
        if (step.does === 'write') await project.write(step.file, step.content)
      }
    })
    afterAll(() => project[Symbol.asyncDispose]())

    test('builds, serves, and closes the store at SIGTERM', async () => {
      for (const line of block('build').split('\n')) await inShell(line)
      const port = await freePort()
      await using server = await start(port)
      for (const line of block('calls').split('\n')) {
        const [command = '', expected] = line.replace(':3000', `:${port}`).split(/ +# /)
        expect(await inShell(command)).toBe(expected)
      }
      await server.stop()
      expect(await readdir(join(project.folder, 'data'))).toEqual(['agent.db'])
    })

    test('is told of a second copy of core where only the driver is external', async () => {
      const partly = `export default { serverExternalPackages: ['@harborage/driver-sqlite'] }\n`
      await project.write('next.config.mjs', partly)
      await runCommand(project.folder, ...NEXT, 'build')
      const port = await freePort()
      await using server = await start(port)
      await fetch(`http://localhost:${port}/api/note`)
      expect(await server.stop()).toContain(block('partly external'))
    })

    test('does not build for the Edge runtime', async () => {
      const route = 'app/api/note/route.ts'
      const step = page.steps.find((each) => each.does === 'write' && each.file === route)
      const content = step?.does === 'write' ? step.content : ''
      await project.write(route, `export const runtime = 'edge'\n${content}`)
      const { succeeded, output } = await tryCommand(project.folder, ...NEXT, 'build')
      expect(succeeded).toBe(false)
      expect(output).toContain(block('edge'))
    })

    test('has run every block of the guide', () => {
      const names = ['install', 'build', 'start', 'calls', 'partly external', 'edge']
      expect([...page.blocks.keys()]).toEqual(names)
    })

    async function inShell(line: string): Promise<string> {
      const local = line.replace(/^npx next/, NEXT.join(' '))
      const { succeeded, output } = await tryInShell(project.folder, local)
      if (!succeeded) throw new Error(`${line} failed:\n${output}`)
      return output.trim()
    }

    async function start(port: number): Promise<AsyncDisposable & { stop(): Promise<string> }> {
      const [program, ...args] = block('start').replace('npx next', NEXT.join(' ')).split(' ')
      const child = spawn(program ?? '', args, {
        cwd: project.folder,
        env: { ...cleanEnv(), PORT: String(port) },
      })
      let output = ''
      child.stdout.on('data', (chunk) => (output += String(chunk)))
      child.stderr.on('data', (chunk) => (output += String(chunk)))
      const ended = once(child, 'close')
      while (!output.includes('Ready')) {
        if (child.exitCode !== null) throw new Error(`Next.js ended:\n${output}`)
        await delay(50)
      }
      return {
        async stop() {
          child.kill('SIGTERM')
          await ended
          return output
        },
        async [Symbol.asyncDispose]() {
          child.kill('SIGKILL')
          await ended
        },
      }
    }
  })
}

/** As in the tsconfig.json that Next.js writes, but for CommonJS. */
const compile = [
  ...['--outDir', 'built', '--module', 'commonjs', '--moduleResolution', 'bundler'],
  ...['--target', 'es2023', '--types', 'node', '--strict', '--skipLibCheck'],
]

const callHandlers = `
const { GET, POST } = require('./built/app/api/note/route.js')
async function main() {
  const posted = await POST(new Request('http://localhost/', { method: 'POST', body: 'step 3' }))
  const got = await GET()
  console.log(await posted.text(), await got.text())
  process.kill(process.pid, 'SIGTERM')
}
void main()
`
