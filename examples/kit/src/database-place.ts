import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BadInput } from './bad-input.ts'

/** The database of a run. */
export interface DatabasePlace {
  readonly dsn: string
  /** The DSN without a password, for printing. */
  readonly shown: string
  /** Whether it was created for this run only. */
  readonly temporary: boolean
  /** Removes a temporary database. */
  remove(): Promise<void>
}

/**
 * Resolves to the database that a DSN names, or to a new file in a temporary folder.
 *
 * @param folder The beginning of the name of that folder.
 * @throws BadInput
 */
export async function databasePlace(
  dsn: string | undefined,
  folder: string,
): Promise<DatabasePlace> {
  if (dsn === undefined) return temporaryPlace(folder)
  if (dsn === '') throw new BadInput('--dsn needs a DSN after it, such as sqlite:./agent.db.')
  if (/^memory:|:memory:/i.test(dsn)) {
    throw new BadInput('A database in memory dies with its process: give --dsn a file or a server.')
  }
  return { dsn, shown: withoutPassword(dsn), temporary: false, remove: async () => {} }
}

async function temporaryPlace(name: string): Promise<DatabasePlace> {
  const folder = await mkdtemp(join(tmpdir(), name))
  const dsn = `sqlite:${join(folder, 'agent.db')}`
  return {
    dsn,
    shown: dsn,
    temporary: true,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function withoutPassword(dsn: string): string {
  const url = URL.parse(dsn)
  if (url === null || url.host === '') return dsn
  url.password = url.password === '' ? '' : '***'
  url.search = ''
  return url.href
}
