import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { publishedFilters } from '../../../scripts/published-packages.ts'
import { UsageError } from '../usage-error.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')

/** A checkout of another revision with its dependencies. */
export interface OtherRevision extends AsyncDisposable {
  readonly folder: string
  /** The short hash of the commit. */
  readonly commit: string
}

/**
 * Checks out a revision in a temporary folder and installs its dependencies.
 *
 * @throws UsageError if git does not know the revision.
 */
export async function checkOutRevision(
  revision: string,
  signal: AbortSignal,
): Promise<OtherRevision> {
  const commit = await commitOf(revision)
  const folder = await mkdtemp(join(tmpdir(), 'harborage-against-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const archive = join(folder, 'checkout.tar')
    await run('git', ['archive', '--output', archive, commit], { cwd: ROOT, signal })
    await run('tar', ['-xf', archive, '-C', folder], { signal })
    const install = ['install', '--frozen-lockfile', ...publishedFilters]
    await run('pnpm', install, { cwd: folder, signal, shell: process.platform === 'win32' })
  } catch (error) {
    await remove()
    throw error
  }
  return { folder, commit: commit.slice(0, 10), [Symbol.asyncDispose]: remove }
}

async function commitOf(revision: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['rev-parse', '--verify', `${revision}^{commit}`], {
      cwd: ROOT,
    })
    return stdout.trim()
  } catch (cause) {
    throw new UsageError(`--against: git knows no revision "${revision}"`, { cause })
  }
}
