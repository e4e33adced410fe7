import { turnIfHeld } from '@harborage/core/kit'
import type { PassagePlace } from '../passage-driver.ts'
import type { DumpedPassage, DumpedPassages, NewPassage } from '../passage.ts'
import { digestsOf, wordsOf } from './words.ts'

/** Digests the words of passages, and lets others run between two of them. */
export async function digestPassages(
  { identity, collection }: PassagePlace,
  passages: readonly Required<NewPassage>[],
): Promise<DumpedPassages> {
  const { tenantId, userId } = identity
  const place = { tenantId, userId, collection }
  const digested: DumpedPassage[] = []
  for (const { text, bytes, createdAt } of passages) {
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    digested.push({ words: digestsOf(place, wordsOf(text)), bytes, createdAt })
  }
  return { identity, collection, passages: digested }
}
