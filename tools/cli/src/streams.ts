import type { Readable, Writable } from 'node:stream'

/** What the command reads and writes: those of the process, or those of a test. */
export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Terminal
  readonly stderr: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder from which relative paths are read. */
  readonly cwd: string
}

/** A stream to write to, which may be a terminal. */
export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number }
