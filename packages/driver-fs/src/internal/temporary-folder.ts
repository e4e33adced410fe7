import { randomBytes } from 'node:crypto'
import { link, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'
import { ensureFolder, OWNER_FILE } from './durable-files.ts'
import { isForbidden } from './fs-errors.ts'
import type { FileGate } from './file-gate.ts'
import { digestOf, temporaryFolder } from './layout.ts'
import { isFolder } from './read-folder.ts'
import { findUnremoved, removeTemporary, removeUnremoved } from './unremoved.ts'

/** After this time even what may still be written is taken for abandoned. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000

/** What a file system says that has no hard links. */
const NO_LINKS: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/**
 * Where files are written before they get their name. A name in it says who is writing, so that
 * what a killed process left can be told from what another one is writing now, and since when.
 */
export class TemporaryFolder {
  readonly #path: string
  readonly #gate: FileGate
  /** Where the number of a process says which one it is: a machine, or a container on it. */
  readonly #processes: string
  readonly #mark = randomBytes(6).toString('hex')
  #count = 0

  private constructor(path: string, gate: FileGate, processes: string) {
    this.#path = path
    this.#gate = gate
    this.#processes = processes
  }

  /**
   * Makes the folder if it is not there, and removes what nobody writes any more.
   *
   * @throws `invalid_config` if the file system has no hard links.
   */
  static async open(root: string, gate: FileGate): Promise<TemporaryFolder> {
    const folder = await TemporaryFolder.unchecked(root, gate)
    const path = folder.#path
    await ensureFolder(path)
    await removeUnremoved(path)
    const names = await gate.whileShort(() => readdir(path))
    for (const name of names) await folder.#removeIfAbandoned(name)
    await folder.#checkLinks()
    return folder
  }

  /**
   * As {@link open}, but without changing anything: the folder is made when something is written.
   */
  static async unchecked(root: string, gate: FileGate): Promise<TemporaryFolder> {
    return new TemporaryFolder(temporaryFolder(root), gate, await nameProcesses())
  }

  /** A path that nothing else uses. */
  async next(): Promise<string> {
    if (!(await isFolder(this.#path))) await ensureFolder(this.#path)
    this.#count += 1
    const writer = `${this.#processes}-${process.pid}-${Date.now()}`
    return join(this.#path, `${writer}-${this.#mark}-${this.#count}`)
  }

  /** Removes what this process could not remove before. It never fails. */
  async removeLeft(): Promise<void> {
    await removeUnremoved(this.#path)
  }

  /**
   * As {@link removeLeft}, of a session that was moved here.
   *
   * @throws `outcome_unknown` if content of that session stays.
   */
  async finishRemoval(origin: string): Promise<void> {
    await this.removeLeft()
    const left = findUnremoved(origin)
    if (left === undefined) return
    throw new HarborageError(
      'outcome_unknown',
      'every artifact of the session was removed, but their content is still on the disk: repeat the call to remove it',
      { cause: left.cause },
    )
  }

  /** Without links no put can succeed; whatever else stands against one says so itself. */
  async #checkLinks(): Promise<void> {
    const [file, name] = [await this.next(), await this.next()]
    try {
      await this.#gate.whileShort(() => writeFile(file, '', { flag: 'wx', mode: OWNER_FILE }))
      await link(file, name).catch((cause: unknown) => {
        if (!NO_LINKS.includes(codeOf(cause))) throw cause
        throw new HarborageError(
          'invalid_config',
          'the file system of the artifact folder has no hard links: name a folder on another one',
          { cause },
        )
      })
    } catch (error) {
      if (isHarborageError(error)) throw error
    } finally {
      await removeTemporary(this.#gate, file)
      await removeTemporary(this.#gate, name)
    }
  }

  async #removeIfAbandoned(name: string): Promise<void> {
    if (!this.#isAbandoned(name)) return
    try {
      await rm(join(this.#path, name), { recursive: true, force: true })
    } catch (error) {
      // A reader without the right to write cannot remove anything.
      if (!isForbidden(error)) throw error
    }
  }

  #isAbandoned(name: string): boolean {
    const [processes, pid, startedAt] = name.split('-')
    const age = Date.now() - Number(startedAt)
    if (age > ABANDONED_AFTER_MS) return true
    if (processes !== this.#processes) return false
    // Another process had this one's number if it wrote before this one began.
    if (Number(pid) === process.pid) return age > process.uptime() * 1000
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

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, under another user.
    return codeOf(error) === 'EPERM'
  }
}
