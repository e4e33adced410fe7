import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { LargeArtifactAnswer } from './large-artifact-process.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'large-artifact-process.ts')

/** Puts an artifact of that size, or gets the one with the id, in a process of its own. */
export async function measureLargeArtifact(
  dsn: string,
  work: 'put' | 'get',
  size: number,
  id = '',
): Promise<LargeArtifactAnswer> {
  const { stdout } = await run(process.execPath, [script, dsn, work, String(size), id])
  return JSON.parse(stdout) as LargeArtifactAnswer
}
