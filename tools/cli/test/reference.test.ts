import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'
import { cliPage } from './reference/cli-page.ts'

test('docs/cli.md is what the help and the first session say: pnpm docs:cli writes it', async () => {
  const page = await readFile(join(repositoryRoot, 'docs/cli.md'), 'utf8')
  expect(page).toBe(await cliPage())
})
