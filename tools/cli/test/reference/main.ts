/** Writes docs/cli.md: `pnpm docs:cli`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cliPage } from './cli-page.ts'

await writeFile(join(import.meta.dirname, '../../../../docs/cli.md'), await cliPage())
