import { join } from 'node:path'

import type { OpenOptions } from './open-stores.ts'

/** The options of the writing process, as JSON in its first argument. */
export interface WriterOptions extends OpenOptions {
  readonly dsn: string
  /** Its name, which no other writer of the place has. */
  readonly writer: string
  readonly callers: number
  /** How many operations each caller makes. Default: they never end. */
  readonly operations?: number
  /** The number of attempts of a call that fails with a typed error. Default: 1. */
  readonly attempts?: number
  /** The file to which it writes what was acknowledged. Default: standard output. */
  readonly log?: string
  /** Whether it stays, once all is done and closed, until its standard input ends. */
  readonly stays?: boolean
}

export const writerScript: string = join(import.meta.dirname, 'writer.ts')
