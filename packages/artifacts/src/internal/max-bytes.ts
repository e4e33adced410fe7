import { parseConfig } from '@harborage/core/kit'
import { z } from 'zod'
import { DEFAULT_MAX_BYTES } from '../artifact.ts'

/**
 * The upper limit of `maxBytes`. A put or a get holds the whole artifact in memory, several times.
 */
export const LARGEST_MAX_BYTES: number = 256 * 1024 * 1024

const limits = z.object({
  maxBytes: z.int().min(1).max(LARGEST_MAX_BYTES).default(DEFAULT_MAX_BYTES),
})

/**
 * Checks the `maxBytes` of a store, and returns it or its default.
 *
 * @throws `invalid_config` if it is not a whole number from 1 to 256 MiB.
 */
export function checkMaxBytes(options: unknown): number {
  return parseConfig(limits, options).maxBytes
}
