import { parseConfig } from '@harborage/core/kit'
import { z } from 'zod'
import { DEFAULT_MAX_BYTES } from '../artifact.ts'

/** An artifact is in memory as a whole, and several times over while it is put or read. */
const LARGEST_MAX_BYTES = 256 * 1024 * 1024

const limits = z.object({
  maxBytes: z.int().min(1).max(LARGEST_MAX_BYTES).default(DEFAULT_MAX_BYTES),
})

/**
 * The largest artifact of a store, in bytes.
 *
 * @throws `invalid_config` if it is not a whole number from 1 to 256 MiB.
 */
export function checkMaxBytes(options: unknown): number {
  return parseConfig(limits, options).maxBytes
}
