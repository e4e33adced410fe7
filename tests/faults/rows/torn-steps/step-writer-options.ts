import { join } from 'node:path'

/** The options of the process that makes steps, as JSON in its first argument. */
export interface StepWriterOptions {
  readonly dsn: string
  readonly lanes: readonly string[]
  /** How many steps each lane makes. Default: they never end. */
  readonly steps?: number
  /** The number of attempts of a step that fails since its server is away. Default: 1. */
  readonly attempts?: number
  /** The file to which it writes what was acknowledged. Default: standard output. */
  readonly log?: string
}

export const stepWriterScript: string = join(import.meta.dirname, 'step-writer.ts')
