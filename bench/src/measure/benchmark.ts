import type { Scene } from '../environment/scene.ts'

/** Who does the work of a case. */
export interface Contender {
  readonly name: string
  /** What sets it apart: its durability, what it does not do. */
  readonly note?: string
  /** The fewest operations of one slice: many callers need enough for all of them to be at work. Default: 1. */
  readonly leastOperations?: number
  /** The most operations of one slice; for what fills disks. */
  readonly mostOperations?: number
  /** Makes what that many operations need. Not timed. */
  prepare?(operations: number): Promise<void>
  /** Timed. */
  run(operations: number): Promise<void>
  /** Throws unless what the operations did is really there. Not timed. */
  verify(): Promise<void>
}

export type EngineName = 'sqlite' | 'postgres'

/** Work that every contender does, in turns. */
export interface Race {
  /** For `--only`, for comparing runs and for the notes: `save-32-sqlite`. */
  readonly id: string
  readonly title: string
  readonly engine: EngineName
  /** What is counted: `save`, `turn`. */
  readonly unit: string
  /** `sizes`: the contenders are Harborage at several sizes, and the first one is what the others are related to. */
  readonly compares: 'contenders' | 'sizes'
  /** Heavy work gets fewer rounds: a share of the asked ones. Default: 1. */
  readonly share?: number
  /** A slice of fixed work, instead of as much as fits into a slice's time. */
  readonly operations?: number
  /** Left out of a quick run. */
  readonly long?: boolean
  /** Opens the contenders; the scene's end closes them. */
  setUp(scene: Scene): Promise<readonly Contender[]>
}

/** A measurement that is not a race: memory, delays of the event loop. */
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

/** The name of the contender that the project is about. */
export const HARBORAGE = 'Harborage'

/** The name of the contender that does the same on the client library alone. */
export const BARE = 'bare client'
