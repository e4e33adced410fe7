import { isHarborageError } from '@harborage/core'
import type { Selection } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import { openPlace, type OpenPlace } from '../places/open-place.ts'
import type { UsageRow } from '../places/read-usage.ts'
import { usageOfPlace } from '../places/usage-of-place.ts'
import type { Profile } from '../profile/profile.ts'

/** A place from which something is erased. */
export interface ErasedPlace {
  readonly label: string
  readonly open: OpenPlace
  /** Counts what the selection has there, a row for each store. */
  readonly count: () => Promise<readonly UsageRow[]>
}

/** A place that could not be reached, was lost on the way, or has no tables. */
export interface UnreachedPlace {
  readonly label: string
  /** The code of the error, or `no_tables`. */
  readonly code: string
}

/** The open places of an erasure. */
export interface Erasure extends AsyncDisposable {
  readonly selection: Selection
  readonly places: readonly ErasedPlace[]
  readonly unreached: readonly UnreachedPlace[]
  /** Whether every place was reached. */
  readonly isWhole: boolean
}

/** Opens every place of a profile that can be reached, and says which cannot. */
export async function openErasure(
  { out }: CommandRun,
  profile: Profile,
  selection: Selection,
): Promise<Erasure> {
  const places: ErasedPlace[] = []
  const unreached: UnreachedPlace[] = []
  const close = async (): Promise<void> => {
    for (const { open } of places.toReversed()) await open[Symbol.asyncDispose]()
  }
  for (const place of profile.places) {
    const { label } = place
    try {
      const open = await openPlace(place, { access: 'write', secureDelete: true })
      if (Object.keys(open.stores).length > 0) {
        places.push({ label, open, count: () => usageOfPlace(open, 'store', selection) })
        continue
      }
      await open[Symbol.asyncDispose]()
      const code = 'no_tables'
      unreached.push({ label, code })
      out.error(label, { code, message: 'has no tables of a store: check the DSN and the schema' })
    } catch (error) {
      if (!isHarborageError(error)) {
        await close()
        throw error
      }
      const { code, message } = error
      unreached.push({ label, code })
      out.error(label, { code, message })
    }
  }
  const isWhole = unreached.length === 0
  return { selection, places, unreached, isWhole, [Symbol.asyncDispose]: close }
}
