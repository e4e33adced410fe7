import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** The permissions of a folder, and of a database file in it if there is one. */
export interface Rights {
  readonly folder: number
  readonly file: number | undefined
}

/** The outcome for another user. */
export interface Answer {
  readonly code?: string
  readonly retryable?: boolean
  readonly message?: string
}

/**
 * Opens a database in a process of another user, which has only the given permissions: root has
 * all.
 */
export async function openAsStranger(folder: string, rights: Rights): Promise<Answer> {
  const script = join(import.meta.dirname, 'open-as-stranger.ts')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, folder, JSON.stringify(rights)],
    { encoding: 'utf8', timeout: 300_000 },
  )
  if (status !== 0) throw new Error(`the stranger failed: ${stderr}`)
  return JSON.parse(stdout) as Answer
}
