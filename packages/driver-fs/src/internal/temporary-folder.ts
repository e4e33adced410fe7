import { randomBytes } from 'node:crypto'
import { link, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'
import { ensureFolder, OWNER_FILE } from './durable-files.ts'
import { ifMissing, isForbidden } from './fs-errors.ts'
import type { FileGate } from './file-gate.ts'
import { digestOf, temporaryFolder } from './layout.ts'
import { isFolder } from './read-folder.ts'
import { findUnremoved, removeTemporary, removeUnremoved } from './unremoved.ts'

/** The age from which on any temporary file is abandoned, in milliseconds. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000

/** The error codes of a file system without hard links. */
const NO_LINKS: readonly unknown[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/**
 * The folder of temporary files. Their names contain the writing process and the time, so that
 * files of killed processes can be told from those being written.
 */
export class TemporaryFolder {
  readonly #path: string
  readonly #gate: FileGate
  /** Identifies the machine or container within which process ids are unique. */
  readonly #processes: string
  readonly #mark = randomBytes(6).toString('hex')
  #count = 0

  private constructor(path: string, gate: FileGate, processes: string) {
    this.#path = path
    this.#gate = gate
    this.#processes = processes
  }

  /**
   * Opens the folder: creates it if it does not exist, and removes abandoned files.
   *
   * @throws `invalid_config` if the file system has no hard links.
   */
  static async open(root: string, gate: FileGate): Promise<TemporaryFolder> {
    const folder = await TemporaryFolder.unchecked(root, gate)
    const path = folder.#path
    await ensureFolder(path)
    await removeUnremoved(path)
    await folder.removeAbandoned()
    await folder.#checkLinks()
    return folder
  }

  /** Returns the folder without any changes: the first write creates it. */
  static async unchecked(root: string, gate: FileGate): Promise<TemporaryFolder> {
    return new TemporaryFolder(temporaryFolder(root), gate, await nameProcesses())
  }

  /** Resolves to an unused path. */
  async next(): Promise<string> {
    if (!(await isFolder(this.#path))) await ensureFolder(this.#path)
    this.#count += 1
    const writer = `${this.#processes}-${process.pid}-${Date.now()}`
    return join(this.#path, `${writer}-${this.#mark}-${this.#count}`)
  }

  /** Removes what processes left that were killed. */
  async removeAbandoned(): Promise<void> {
    const reading = this.#gate.whileShort(() => readdir(this.#path))
    for (const name of (await reading.catch(ifMissing)) ?? []) await this.#removeIfAbandoned(name)
  }

  /** Removes files that this process could not remove before. Never fails. */
  async removeLeft(): Promise<void> {
    await removeUnremoved(this.#path)
  }

  /**
   * Removes files as {@link removeLeft} does, and checks that nothing of a removed folder is left.
   *
   * @param origin The original path of the folder.
   * @throws `outcome_unknown` if content of it is left.
   */
  async finishRemoval(origin: string): Promise<void> {
    await this.removeLeft()
    const left = findUnremoved(origin)
    if (left !== undefined) throw contentLeft(left.cause)
  }

  /**
   * Removes files as {@link removeAbandoned} does, which may have content of a removed folder.
   *
   * @throws `outcome_unknown` if that fails.
   */
  async finishAbandoned(): Promise<void> {
    try {
      await this.removeAbandoned()
    } catch (cause) {
      throw contentLeft(cause)
    }
  }

  /**
   * Checks for hard links, without which no put can succeed. Ignores other errors, with which puts
   * fail by themselves.
   */
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
      // A process that may only read cannot remove anything.
      if (!isForbidden(error)) throw error
    }
  }

  #isAbandoned(name: string): boolean {
    const [processes, pid, startedAt] = name.split('-')
    const age = Date.now() - Number(startedAt)
    if (age > ABANDONED_AFTER_MS) return true
    if (processes !== this.#processes) return false
    // The process id was used by an earlier process if the file is older than this process.
    if (Number(pid) === process.pid) return age > process.uptime() * 1000
    return !isRunning(Number(pid))
  }
}

function contentLeft(cause: unknown): HarborageError {
  return new HarborageError(
    'outcome_unknown',
    'artifacts were removed, but their content is still on the disk: repeat the call to remove it',
    { cause },
  )
}

async function nameProcesses(): Promise<string> {
  return digestOf(`${hostname()} ${await processNamespace()}`).slice(0, 12)
}

/**
 * Resolves to the process namespace. Containers may share a host name but have separate process
 * ids. Only Linux has these namespaces.
 */
async function processNamespace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => '')
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is running, as another user.
    return codeOf(error) === 'EPERM'
  }
}
