import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface UnprivilegedUser {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root: for root, another user of this machine; else undefined. */
export async function unprivilegedUser(): Promise<UnprivilegedUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  return (await idsOf('postgres')) ?? (await idsOf('nobody'))
}

async function idsOf(name: string): Promise<UnprivilegedUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}
