import { HarborageError } from '@harborage/core'
import type { KeptTurn } from '../memory-driver.ts'
import { Slices } from './slice.ts'
import { parseTurn, type TurnWithId } from './turn-text.ts'

/**
 * Parses stored turns, a slice at a time.
 *
 * @throws `store_unavailable` if one is damaged.
 */
export async function readTurns(turns: readonly KeptTurn[]): Promise<TurnWithId[]> {
  const read: TurnWithId[] = []
  const slices = new Slices()
  for (const { text } of turns) {
    if (slices.add(text.length)) await slices.rest()
    read.push(readTurn(text))
  }
  return read
}

/** Parses a stored turn, or returns `undefined` if it is damaged. */
export function parseKeptTurn(text: string): TurnWithId | undefined {
  return parseTurn(parseJson(text))
}

function readTurn(text: string): TurnWithId {
  const parsed = parseKeptTurn(text)
  if (parsed !== undefined) return parsed
  throw new HarborageError(
    'store_unavailable',
    'a stored turn is damaged: restore the conversation from a snapshot',
    { retryable: false },
  )
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
