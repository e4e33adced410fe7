import { randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { codeOf } from './fs-errors.ts'
import { ensureFolder } from './durable-files.ts'
import { digestOf } from './layout.ts'

/** After this time even what another machine left is taken for abandoned. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000

const host = digestOf(hostname()).slice(0, 12)
const processMark = randomBytes(6).toString('hex')

/**
 * Where files are written before they get their name. A name in it says who is writing, so that what a killed process
 * left can be told from what another one is writing now.
 */
export class TemporaryFolder {
  readonly #path: string
  #count = 0

  private constructor(path: string) {
    this.#path = path
  }

  /** Makes the folder if it is not there, and removes what nobody writes any more. */
  static async open(root: string): Promise<TemporaryFolder> {
    const path = join(root, 'temporary')
    await ensureFolder(path)
    const folder = new TemporaryFolder(path)
    for (const name of await readdir(path)) await folder.#removeIfAbandoned(name)
    return folder
  }

  /** A path that nothing else uses. */
  next(): string {
    this.#count += 1
    return join(this.#path, `${host}-${process.pid}-${processMark}-${this.#count}`)
  }

  async #removeIfAbandoned(name: string): Promise<void> {
    const path = join(this.#path, name)
    if (await isAbandoned(path, name)) await rm(path, { recursive: true, force: true })
  }
}

async function isAbandoned(path: string, name: string): Promise<boolean> {
  const [writerHost, writerPid, writerMark] = name.split('-')
  if (writerHost !== host) return isOld(path)
  if (Number(writerPid) === process.pid) return writerMark !== processMark
  return !isRunning(Number(writerPid))
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ABANDONED_AFTER_MS
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, under another user.
    return codeOf(error) === 'EPERM'
  }
}
