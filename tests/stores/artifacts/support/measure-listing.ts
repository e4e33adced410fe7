import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { ListingAnswer } from './listing-process.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'listing-process.ts')

/** Walks the list of the filled session in a process of its own. */
export async function measureListing(dsn: string): Promise<ListingAnswer> {
  const { stdout } = await run(process.execPath, ['--expose-gc', script, dsn])
  return JSON.parse(stdout) as ListingAnswer
}
