import { join } from 'node:path'

import { beforeAll, describe, expect, test } from 'vitest'

import { checkpointInThread } from './checkpoint-in-thread.ts'
import type { ConsumerProject } from './consumer-project.ts'
import { guide } from './guide-project.ts'
import { runCommand } from './run-command.ts'
import { saveOnce } from './save-once.ts'

/** @param installed The project that has every package and esbuild. */
export function bundledWithEsbuild(installed: () => ConsumerProject): void {
  describe('a project that bundles everything with esbuild', () => {
    let project: ConsumerProject
    beforeAll(async () => {
      project = installed()
      await project.write('save-once.mjs', saveOnce)
    })

    test('is told to leave better-sqlite3 out of the bundle, and left without an empty file', async () => {
      const { outcome, files } = await bundleAndSave()
      expect(outcome).toMatch(/^invalid_config: .*leave it out of a bundle/)
      expect(files).toEqual([])
    })

    test('saves once better-sqlite3 is left out', async () => {
      const { outcome } = await bundleAndSave('--external:better-sqlite3')
      expect(outcome).toBe('saved')
    })

    test('makes checkpoints in a thread whose file is bundled as the guide says', async () => {
      await project.write('checkpoint.mjs', checkpointInThread)
      const [bundling] = guide('esbuild').steps.flatMap((step) =>
        step.does === 'run' && step.command.includes('checkpoint-worker=') ? [step.command] : [],
      )
      const line = bundling?.replace('server=server.ts', 'checkpoint=checkpoint.mjs') ?? ''
      await runCommand(project.folder, 'node_modules/.bin/esbuild', ...line.split(' ').slice(2))
      // In a folder without the database of another test.
      await runCommand(join(project.folder, 'dist'), 'node', 'checkpoint.mjs')
    })

    async function bundleAndSave(
      ...flags: readonly string[]
    ): Promise<{ outcome: string; files: readonly string[] }> {
      await runCommand(
        project.folder,
        'node_modules/.bin/esbuild',
        'save-once.mjs',
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--outfile=bundled/save-once.mjs',
        '--log-level=error',
        `--banner:js=${commonJs}`,
        ...flags,
      )
      return JSON.parse(
        await runCommand(project.folder, 'node', 'bundled/save-once.mjs', './bundled.db'),
      ) as { outcome: string; files: readonly string[] }
    }
  })
}

/** What a bundle of ES modules needs for the CommonJS in it. */
const commonJs = [
  "import { createRequire as bundleRequire } from 'node:module'",
  "import { dirname as bundleDirname } from 'node:path'",
  'const require = bundleRequire(import.meta.url)',
  'const __filename = import.meta.filename',
  'const __dirname = bundleDirname(__filename)',
].join(';')
