import { parseEventIds } from '@harborage/core/kit'
import { z } from 'zod'
import type { MemoryHeader } from '../memory-driver.ts'

/** The stored form of a header. Its names are part of the layout. */
export interface StoredHeader extends Pick<
  MemoryHeader,
  'strategy' | 'nextPosition' | 'turns' | 'tokens' | 'health' | 'failures'
> {
  readonly turnIds: readonly string[]
  readonly folder: string | null
  readonly ended: string | null
}

const fields = {
  strategy: z.enum(['none', 'truncation', 'rolling_summary']),
  nextPosition: z.int(),
  turns: z.int(),
  tokens: z.int(),
  turnIds: z.array(z.string()),
  health: z.enum(['healthy', 'retry', 'degraded', 'recovering']),
  failures: z.int(),
  /** `foldClaimId` in the code. */
  folder: z.string().nullable(),
  /** `lastAppliedId` in the code. Earlier releases do not write it. */
  ended: z.string().nullable().default(null),
}

/** The schema of {@link StoredHeader}. */
export const storedHeader: z.ZodType<StoredHeader> = z.strictObject(fields)

const FIELDS = Object.keys(fields).length

const strategies: ReadonlySet<unknown> = new Set(fields.strategy.options)
const healths: ReadonlySet<unknown> = new Set(fields.health.options)

/** Writes a header as JSON, without its lineage. */
export function writeHeader(header: MemoryHeader): string {
  const { strategy, nextPosition, turns, tokens, turnIds, health, failures } = header
  return JSON.stringify({
    strategy,
    nextPosition,
    turns,
    tokens,
    turnIds,
    health,
    failures,
    folder: header.foldClaimId ?? null,
    ended: header.lastAppliedId ?? null,
  })
}

/** Reads what {@link writeHeader} wrote, or returns `undefined` if it is damaged. */
export function readHeader(text: string, lineage: number): MemoryHeader | undefined {
  try {
    const json: unknown = JSON.parse(text)
    const stored = isUsual(json) ? json : storedHeader.parse(json)
    const { strategy, nextPosition, turns, tokens, health, failures } = stored
    return {
      strategy,
      nextPosition,
      turns,
      tokens,
      turnIds: parseEventIds(stored.turnIds),
      health,
      failures,
      foldClaimId: stored.folder ?? undefined,
      lastAppliedId: stored.ended ?? undefined,
      lineage,
    }
  } catch {
    return undefined
  }
}

/**
 * Returns whether parsed JSON has exactly the fields of a header, so that the schema would accept
 * it as it is. The schema itself would cost as much as the statement that reads the header.
 */
export function isUsual(json: unknown): json is StoredHeader {
  if (!isObject(json) || Object.keys(json).length !== FIELDS) return false
  return (
    strategies.has(json['strategy']) &&
    Number.isSafeInteger(json['nextPosition']) &&
    Number.isSafeInteger(json['turns']) &&
    Number.isSafeInteger(json['tokens']) &&
    isTexts(json['turnIds']) &&
    healths.has(json['health']) &&
    Number.isSafeInteger(json['failures']) &&
    isTextOrNull(json['folder']) &&
    isTextOrNull(json['ended'])
  )
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function isTexts(json: unknown): boolean {
  return Array.isArray(json) && json.every((each) => typeof each === 'string')
}

function isTextOrNull(json: unknown): boolean {
  return json === null || typeof json === 'string'
}
