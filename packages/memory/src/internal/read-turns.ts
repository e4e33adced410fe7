import { setImmediate as nextRound } from 'node:timers/promises'
import { StoreUnavailableError } from '@harborage/core'
import type { KeptTurn } from '../memory-driver.ts'
import { parseTurn, type TurnWithId } from './turn-text.ts'

/** How much is read before others get their turn of the event loop: a few milliseconds of work. */
const SLICE_CHARACTERS = 512 * 1024

/**
 * Reads kept turns, a slice at a time.
 *
 * @throws `store_unavailable` if one is not what was kept.
 */
export async function readTurns(turns: readonly KeptTurn[]): Promise<TurnWithId[]> {
  const read: TurnWithId[] = []
  let characters = 0
  for (const { text } of turns) {
    if (characters > SLICE_CHARACTERS) {
      await nextRound()
      characters = 0
    }
    characters += text.length
    read.push(readTurn(text))
  }
  return read
}

function readTurn(text: string): TurnWithId {
  const parsed = parseTurn(parseJson(text))
  if (parsed !== undefined) return parsed
  throw new StoreUnavailableError(
    'a kept turn is damaged: restore the conversation from a snapshot',
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
