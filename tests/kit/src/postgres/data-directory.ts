import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { UnprivilegedUser } from './unprivileged-user.ts'

const run = promisify(execFile)

/** Names the folder of a template: see {@link copyAsTemplate}. */
const TEMPLATE = 'HARBORAGE_TEST_POSTGRES_TEMPLATE'
/** The data directory, in the folder of a server. */
export const DATA = 'data'
/** The file that has the password of the superuser `postgres`, in the folder of a server. */
const PASSWORD = 'password'

export interface NewDataDirectory {
  /** The program. */
  readonly initdb: string
  /** An empty folder of the user, which gets the data directory and the file with the password. */
  readonly folder: string
  readonly user: UnprivilegedUser | undefined
}

/**
 * Makes the data directory of a server, and resolves to the password of its superuser. It is a copy
 * of the run's template if there is one, because initdb takes more than a second of processor.
 */
export async function makeDataDirectory(options: NewDataDirectory): Promise<string> {
  const { folder } = options
  const template = process.env[TEMPLATE]
  if (template === undefined) await initialize(options)
  else await copy(template, options)
  return readFile(join(folder, PASSWORD), 'utf8')
}

/** Lets this process, and all that it starts, make data directories as copies of this one. */
export async function copyAsTemplate(options: NewDataDirectory): Promise<void> {
  // Where nothing copies modes and owners, each server has a data directory of its own.
  if (process.platform === 'win32') return
  const template = join(options.folder, 'template')
  await run('mkdir', [template], options.user)
  await copy(options.folder, { ...options, folder: template })
  process.env[TEMPLATE] = template
}

async function copy(from: string, { folder, user }: NewDataDirectory): Promise<void> {
  await run('cp', ['-Rp', join(from, DATA), join(from, PASSWORD), folder], user)
}

async function initialize({ initdb, folder, user }: NewDataDirectory): Promise<void> {
  const passwordFile = join(folder, PASSWORD)
  await writeFile(passwordFile, randomBytes(12).toString('hex'))
  if (user) await chown(passwordFile, user.uid, user.gid)
  const places = [`--pwfile=${passwordFile}`, `--pgdata=${join(folder, DATA)}`]
  await run(initdb, [...flags, ...places], { ...user, cwd: folder })
}

const flags = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  // Differs from the order of bytes, so that a column without COLLATE "C" is noticed.
  '--locale-provider=icu',
  '--icu-locale=en-US',
  // A password of a test needs no protection, and each connection would compute this for long.
  '--set=scram_iterations=1',
  '--no-sync',
  '--no-instructions',
]
