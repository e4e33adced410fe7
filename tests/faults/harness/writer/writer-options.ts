import { join } from 'node:path'

import type { OpenOptions } from './open-stores.ts'

/** What the writing process is told, as JSON in its first argument. */
export interface WriterOptions extends OpenOptions {
  readonly dsn: string
  /** Its name among all that ever wrote to the place. */
  readonly writer: string
  readonly callers: number
  /** How many operations each caller makes. Default: they never end. */
  readonly operations?: number
  /** How often a call is made that fails with a typed error. Default: 1. */
  readonly attempts?: number
  /** The file to which it writes what was acknowledged. Default: standard output. */
  readonly log?: string
  /** Whether it stays, once all is done and closed, until its standard input ends. */
  readonly stays?: boolean
}

export const writerScript: string = join(import.meta.dirname, 'writer.ts')
