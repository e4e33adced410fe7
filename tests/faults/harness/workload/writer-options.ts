import { join } from 'node:path'

import type { Durability } from './open-stores.ts'

/** What the writing process is told, as JSON in its first argument. */
export interface WriterOptions {
  readonly dsn: string
  /** Its name among all that ever wrote to the place. */
  readonly writer: string
  readonly callers: number
  readonly durability?: Durability
  /** How many operations each caller makes. Default: they never end. */
  readonly operations?: number
  /** The file to which it writes what was acknowledged. Default: standard output. */
  readonly log?: string
}

export const writerScript: string = join(import.meta.dirname, 'writer.ts')
