/** The number of records that do not change while they are walked. */
export const STILL = 300
export const STILL_PREFIX = 'still.'
/** The prefix of the kinds that are saved all the time. */
export const ACTIVE_PREFIX = 'active.'

export const CALLERS = 32
export const PAGE_SIZE = 50
export const PAYLOAD_BYTES = 1024

export const identity = { tenantId: 'acme', userId: 'ann', sessionId: 'long' } as const

export function stillName(index: number): string {
  return String(index).padStart(4, '0')
}

/** The iterators of the reading process. */
export const walks = ['list', 'listKind', 'artifacts'] as const

export type Walk = (typeof walks)[number]

export interface ReaderMethods extends Record<string, (argument: never) => unknown> {
  /** Resolves to the next names of an iterator; fewer at its end. */
  take(argument: { walk: Walk; count: number }): Promise<readonly string[]>
}

export interface WriterMethods extends Record<string, (argument: never) => unknown> {
  /** Stores the records that do not change. */
  prepare(): Promise<void>
  /** Makes the saves with these numbers. */
  save(argument: { from: number; until: number }): Promise<void>
}
