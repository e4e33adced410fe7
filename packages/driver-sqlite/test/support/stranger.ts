import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Rights of a folder and of a database file in it, if there is to be one. */
export interface Rights {
  readonly folder: number
  readonly file: number | undefined
}

/** What a stranger to the folder was answered. */
export interface Answer {
  readonly code?: string
  readonly retryable?: boolean
  readonly message?: string
}

/** Opens a database in a process that has no rights but the given ones: root has all of them. */
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
