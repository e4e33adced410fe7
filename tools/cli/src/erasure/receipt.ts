import { createHash, randomBytes } from 'node:crypto'
import { rm, type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { codeOf } from '@harborage/core/kit'
import type { Selection } from '../arguments/identity-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { printable } from '../output/printable.ts'
import type { ErasedStore } from './erase-stores.ts'
import type { UnreachedPlace } from './erasure.ts'

const OWNER_ONLY = 0o600
const SALT_BYTES = 16

/** Of what a receipt is. */
interface ReceiptAbout {
  readonly profile: string | undefined
  readonly selection: Selection
}

/** What was erased. */
interface Erased {
  readonly unreached: readonly UnreachedPlace[]
  readonly erased: readonly ErasedStore[]
  readonly isComplete: boolean
}

/** The receipt of an erasure: a new file that only its owner can read, or none. */
export class Receipt {
  readonly #path: string | undefined
  readonly #file: FileHandle | undefined
  readonly #head: Readonly<Record<string, unknown>>
  #isFinished = false

  private constructor(
    path: string | undefined,
    file: FileHandle | undefined,
    head: Readonly<Record<string, unknown>>,
  ) {
    this.#path = path
    this.#file = file
    this.#head = head
  }

  /**
   * Creates the file of `--receipt`, before anything is erased.
   *
   * @throws CommandFailure if it exists or cannot be created.
   */
  static async begin(run: CommandRun, about: ReceiptAbout): Promise<Receipt> {
    const name = run.options.text('receipt')
    const of = run.options.flag('digest') ? digestOf(about.selection) : about.selection
    const began = new Date().toISOString()
    const head = { v: 1, type: 'erasure', began, profile: about.profile ?? null, of }
    if (name === undefined) return new Receipt(undefined, undefined, head)
    const path = resolve(run.streams.cwd, name)
    return new Receipt(path, await create(path), head)
  }

  /** Writes the receipt. It is durable when the call resolves. */
  async finish({ unreached, erased, isComplete }: Erased): Promise<void> {
    if (this.#file === undefined) return
    const places = erased.map((store) => ({ ...store, isReached: true }))
    const missing = unreached.map(({ label, code }) => ({ place: label, isReached: false, code }))
    const receipt = {
      ...this.#head,
      ended: new Date().toISOString(),
      isComplete,
      places: [...places, ...missing],
    }
    await this.#file.writeFile(`${JSON.stringify(receipt, null, 2)}\n`)
    await this.#file.sync()
    this.#isFinished = true
  }

  /** Closes the file, and removes it if nothing was written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close()
    if (this.#path !== undefined && !this.#isFinished) await rm(this.#path, { force: true })
  }
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', OWNER_ONLY)
  } catch (error) {
    const code = codeOf(error) ?? 'unknown'
    throw wrongUsage(
      code === 'EEXIST'
        ? `${printable(path)} exists: name a new file for the receipt. Nothing was removed`
        : `${printable(path)} cannot be created (${code}): nothing was removed`,
    )
  }
}

function digestOf(selection: Selection): { readonly salt: string; readonly sha256: string } {
  const { tenantId, userId, sessionId, runId } = selection
  const salt = randomBytes(SALT_BYTES).toString('hex')
  const names = JSON.stringify([tenantId, userId, sessionId, runId])
  return {
    salt,
    sha256: createHash('sha256')
      .update(salt + names)
      .digest('hex'),
  }
}
