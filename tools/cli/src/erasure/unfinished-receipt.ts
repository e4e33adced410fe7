import { lstat, readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Selection } from '../arguments/identity-options.ts'

/** A larger file is no receipt. */
const MAX_BYTES = 1024 * 1024

const names = z.strictObject({
  tenantId: z.string(),
  userId: z.string(),
  sessionId: z.string(),
  runId: z.string(),
})
const digest = z.strictObject({ salt: z.string(), sha256: z.string() })

const unfinishedReceipt = z.object({
  v: z.literal(1),
  type: z.literal('erasure'),
  began: z.string(),
  ended: z.string().nullable(),
  profile: z.string().nullable(),
  of: z.union([names, digest]),
  isComplete: z.literal(false),
  planned: z.array(z.unknown()).default([]),
  places: z.array(z.unknown()),
  earlier: z.array(z.unknown()).default([]),
})

/** A digest that stands for the names of a selection. */
export interface SaltedDigest {
  readonly salt: string
  readonly sha256: string
}

/** Of whom a receipt is: the names, or a salted digest of them. */
export type ReceiptOf = Selection | SaltedDigest

/** A receipt of an erasure that was not complete. */
export interface UnfinishedReceipt {
  readonly began: string
  /** `null` if the process ended in the middle. */
  readonly ended: string | null
  readonly profile: string | null
  readonly of: ReceiptOf
  /** What was there when it began. */
  readonly planned: readonly unknown[]
  readonly places: readonly unknown[]
  /** What earlier runs removed. */
  readonly earlier: readonly unknown[]
}

/** Reads a receipt that is not complete. Resolves to `undefined` if the file is none. */
export async function readUnfinished(path: string): Promise<UnfinishedReceipt | undefined> {
  try {
    const about = await lstat(path)
    if (!about.isFile() || about.size > MAX_BYTES) return undefined
    return unfinishedReceipt.safeParse(JSON.parse(await readFile(path, 'utf8'))).data
  } catch {
    return undefined
  }
}
