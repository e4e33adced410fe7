import { randomBytes } from 'node:crypto'
import { lstat, readdir, readlink, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ensureFolder } from './durable-files.ts'
import { codeOf } from './fs-errors.ts'
import { digestOf } from './layout.ts'
import { isFolder } from './read-folder.ts'

/** After this time even what may still be written is taken for abandoned. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000

/** File systems round the times of files, some to two seconds. */
const CLOCK_TOLERANCE_MS = 2_000

/** What a reader without the right to write cannot remove. */
const NOT_ALLOWED: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS']

/**
 * Where files are written before they get their name. A name in it says who is writing, so that what a killed process
 * left can be told from what another one is writing now.
 */
export class TemporaryFolder {
  readonly #path: string
  /** Where the number of a process says which one it is: a machine, or a container on it. */
  readonly #processes: string
  readonly #mark = randomBytes(6).toString('hex')
  #count = 0

  private constructor(path: string, processes: string) {
    this.#path = path
    this.#processes = processes
  }

  /** Makes the folder if it is not there, and removes what nobody writes any more. */
  static async open(root: string): Promise<TemporaryFolder> {
    const path = join(root, 'temporary')
    await ensureFolder(path)
    const folder = new TemporaryFolder(path, await nameProcesses())
    for (const name of await readdir(path)) await folder.#removeIfAbandoned(name)
    return folder
  }

  /** A path that nothing else uses. */
  async next(): Promise<string> {
    if (!(await isFolder(this.#path))) await ensureFolder(this.#path)
    this.#count += 1
    return join(this.#path, `${this.#processes}-${process.pid}-${this.#mark}-${this.#count}`)
  }

  async #removeIfAbandoned(name: string): Promise<void> {
    const path = join(this.#path, name)
    try {
      if (await this.#isAbandoned(path, name)) await rm(path, { recursive: true, force: true })
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && !NOT_ALLOWED.includes(codeOf(error))) throw error
    }
  }

  async #isAbandoned(path: string, name: string): Promise<boolean> {
    const [processes, pid] = name.split('-')
    const age = Date.now() - (await lastChange(path))
    if (age > ABANDONED_AFTER_MS) return true
    if (processes !== this.#processes) return false
    // Another process had this one's number if it wrote before this one began.
    if (Number(pid) === process.pid) return age > process.uptime() * 1000 + CLOCK_TOLERANCE_MS
    return !isRunning(Number(pid))
  }
}

async function nameProcesses(): Promise<string> {
  return digestOf(`${hostname()} ${await processNamespace()}`).slice(0, 12)
}

/** Containers may share a host name, but not their processes. Only Linux has these namespaces. */
async function processNamespace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => '')
}

/** When a file was changed, or a folder got its name. */
async function lastChange(path: string): Promise<number> {
  return (await lstat(path)).ctimeMs
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, under another user.
    return codeOf(error) === 'EPERM'
  }
}
