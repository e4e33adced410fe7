import { createHash, randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { codeOf } from '@harborage/core/kit'
import type { Selection } from '../arguments/identity-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { putOwnerOnly, writeOwnerOnly } from '../files/owner-only-file.ts'
import { printable } from '../output/printable.ts'
import type { Erased } from './erase-all.ts'
import type { PlannedStore } from './print-plan.ts'
import {
  readUnfinished,
  type ReceiptOf,
  type SaltedDigest,
  type UnfinishedReceipt,
} from './unfinished-receipt.ts'

const SALT_BYTES = 16

/** Of what a receipt is. */
interface ReceiptAbout {
  /** `null` if it has no name. */
  readonly profile: string | null
  readonly selection: Selection
  /** What was there when it began. */
  readonly planned: readonly PlannedStore[]
}

/** What every state of a receipt says. */
interface ReceiptHead {
  readonly v: 1
  readonly type: 'erasure'
  readonly began: string
  readonly profile: string | null
  readonly of: ReceiptOf
  readonly planned: readonly PlannedStore[]
}

/** What became of the erasure so far. */
interface ReceiptState {
  /** `null` while it is at work, or if it was killed. */
  readonly ended: string | null
  readonly isComplete: boolean
  readonly places: readonly unknown[]
}

/** The receipt of an erasure: a file that only its owner can read, or none. */
export class Receipt {
  readonly #path: string | undefined
  readonly #head: ReceiptHead
  /** What earlier runs of the same command removed. */
  readonly #earlier: readonly unknown[]

  private constructor(path: string | undefined, head: ReceiptHead, before?: UnfinishedReceipt) {
    this.#path = path
    this.#head = head
    if (before === undefined) this.#earlier = []
    else {
      const { began, ended, planned, places, earlier } = before
      this.#earlier = [...earlier, { began, ended, planned, places }]
    }
  }

  /**
   * Creates the file of `--receipt` before anything is erased, as one that is not complete. It goes
   * on with a receipt of the same erasure that is not complete.
   *
   * @throws CommandFailure if another file exists, or it cannot be created.
   */
  static async begin(run: CommandRun, about: ReceiptAbout): Promise<Receipt> {
    const { selection, profile, planned } = about
    const name = run.options.text('receipt')
    const isDigest = run.options.flag('digest')
    const began = new Date().toISOString()
    const of = isDigest ? digestOf(selection, randomBytes(SALT_BYTES).toString('hex')) : selection
    const head = { v: 1, type: 'erasure', began, profile, of, planned } as const
    if (name === undefined) return new Receipt(undefined, head)
    const path = resolve(run.streams.cwd, name)
    const before = await readUnfinished(path)
    if (
      before !== undefined &&
      before.profile === profile &&
      isOf(before.of, selection, isDigest)
    ) {
      const receipt = new Receipt(path, { ...head, of: before.of }, before)
      await receipt.#replace({ ended: null, isComplete: false, places: [] })
      return receipt
    }
    const receipt = new Receipt(path, head)
    await create(path, receipt.#textOf({ ended: null, isComplete: false, places: [] }))
    return receipt
  }

  /** Writes what became of the erasure. It is durable when the call resolves. */
  async finish({ unreached, stores, isComplete }: Erased): Promise<void> {
    const places = stores.map((store) => ({ ...store, isReached: true }))
    const missing = unreached.map(({ label, code }) => ({ place: label, isReached: false, code }))
    const ended = new Date().toISOString()
    await this.#replace({ ended, isComplete, places: [...places, ...missing] })
  }

  async #replace(state: ReceiptState): Promise<void> {
    if (this.#path === undefined) return
    // In one step, so that an end in the middle leaves what it says.
    await putOwnerOnly(this.#path, true, (file) => file.writeFile(this.#textOf(state)))
  }

  #textOf(state: ReceiptState): string {
    const earlier = this.#earlier.length > 0 && { earlier: this.#earlier }
    return `${JSON.stringify({ ...this.#head, ...state, ...earlier }, null, 2)}\n`
  }
}

async function create(path: string, text: string): Promise<void> {
  try {
    await writeOwnerOnly(path, text)
  } catch (error) {
    const code = codeOf(error) ?? 'unknown'
    throw wrongUsage(
      code === 'EEXIST'
        ? `${printable(path)} exists: name a new file for the receipt. Nothing was removed`
        : `${printable(path)} cannot be created (${code}): nothing was removed`,
    )
  }
}

/** Returns whether a receipt is of a selection, and names it in the same way. */
function isOf(of: ReceiptOf, selection: Selection, isDigest: boolean): boolean {
  if ('salt' in of) return isDigest && digestOf(selection, of.salt).sha256 === of.sha256
  return !isDigest && namesOf(of) === namesOf(selection)
}

function namesOf({ tenantId, userId, sessionId, runId }: Selection): string {
  return JSON.stringify([tenantId, userId, sessionId, runId])
}

function digestOf(selection: Selection, salt: string): SaltedDigest {
  const sha256 = createHash('sha256')
    .update(salt + namesOf(selection))
    .digest('hex')
  return { salt, sha256 }
}
