import { isHarborageError } from '@harborage/core'

import type { Figures } from '../fault-row.ts'
import { complaints, figures, sumOf } from '../figures.ts'
import { judge } from './judge.ts'
import { observe } from './observe.ts'
import { openStores } from './open-stores.ts'
import { perform } from './operations.ts'

/** A process that has ended in any way. */
export interface EndedWriter {
  readonly dsn: string
  readonly writer: string
  /** How many operations of each caller it acknowledged. */
  readonly acknowledged: readonly number[]
}

/**
 * Resolves to what a fresh reader finds wrong after a writer has ended. If nothing, each caller's
 * last operation and the one after, whose outcome is unknown, are repeated as a retry would: then
 * both are stored once.
 */
export async function checkCallers({ dsn, writer, acknowledged }: EndedWriter): Promise<Figures> {
  try {
    await using stores = await openStores(dsn)
    const look = async (counts: readonly number[]): Promise<Figures> => {
      const pictures = await observe(stores, writer, counts.length)
      return sumOf(
        pictures.map((picture, number) => judge(picture, stores.extent, counts[number] ?? 0)),
      )
    }
    const found = await look(acknowledged)
    if (complaints(found).length > 0) return found
    const after = await Promise.all(
      acknowledged.map(async (count, number) => {
        for (let index = Math.max(0, count - 1); index <= count; index += 1) {
          await perform(stores, { writer, number }, index)
        }
        return count + 1
      }),
    )
    const again = await look(after)
    return { ...again, acknowledged: found.acknowledged }
  } catch (error) {
    if (!isHarborageError(error)) throw error
    return figures({ violations: [`reading or repeating fails: ${error.code}: ${error.message}`] })
  }
}
