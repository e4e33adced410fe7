import type { Scene } from '../environment/scene.ts'

/** A participant in a race, which does the work of a case. */
export interface Contender {
  readonly name: string
  /** A remark on how it differs, such as its durability. */
  readonly note?: string
  /** The fewest operations of a slice, so that all concurrent callers have work. Default: 1. */
  readonly leastOperations?: number
  /** The most operations of a slice, for work that fills disks. */
  readonly mostOperations?: number
  /** Prepares for `operations` operations. Not timed. */
  prepare?(operations: number): Promise<void>
  /** Runs the operations. Timed. */
  run(operations: number): Promise<void>
  /** Throws unless the operations had their effect. Not timed. */
  verify(): Promise<void>
}

export type EngineName = 'sqlite' | 'postgres'

/** Work that all contenders do alternately. */
export interface Race {
  /** For `--only`, for comparing runs and for the notes: `save-32-sqlite`. */
  readonly id: string
  readonly title: string
  readonly engine: EngineName
  /** The unit that is counted, such as `save` or `turn`. */
  readonly unit: string
  /** With `sizes`, the contenders are Harborage at several sizes, compared with the first one. */
  readonly compares: 'contenders' | 'sizes'
  /** The share of the rounds that slow work gets. Default: 1. */
  readonly share?: number
  /** The fixed number of operations of a slice. Default: as many as fit the time of a slice. */
  readonly operations?: number
  /** Whether a quick run leaves it out. */
  readonly long?: boolean
  /** Opens the contenders, which are closed at the end of the scene. */
  setUp(scene: Scene): Promise<readonly Contender[]>
}

/** A measurement that is not a race, such as memory or delays of the event loop. */
export interface Survey {
  readonly id: string
  readonly title: string
  readonly long?: boolean
  measure(scene: Scene): Promise<readonly Figure[]>
}

export interface Figure {
  readonly label: string
  readonly value: number
  readonly unit: 'ms' | 'MiB' | 'records' | 'saves'
}

/** The name of this project as a contender. */
export const HARBORAGE = 'Harborage'

/** The name of the contender that uses only the client library. */
export const BARE = 'bare client'
