import { createRequire } from 'node:module'
import { z } from 'zod'

const manifest = z.object({ version: z.string() })

/** The version of this package. */
export const version: string = manifest.parse(
  createRequire(import.meta.url)('../package.json'),
).version
