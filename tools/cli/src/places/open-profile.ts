import type { Profile } from '../profile/profile.ts'
import { atPlace } from './at-place.ts'
import type { OpeningOptions } from './open-database.ts'
import { openPlace, type OpenPlace, type OpenStores } from './open-place.ts'

/** The open stores of all places of a profile. */
export interface OpenProfile extends AsyncDisposable {
  readonly places: readonly OpenPlace[]
  /** The stores of all places together: each is in one place. */
  readonly stores: OpenStores
}

/** Opens every place of a profile. If one fails, none stays open. */
export async function openProfile(
  { name, places }: Profile,
  options?: OpeningOptions,
): Promise<OpenProfile> {
  const opened: OpenPlace[] = []
  const close = async (): Promise<void> => {
    for (const place of opened.toReversed()) await place[Symbol.asyncDispose]()
  }
  try {
    for (const place of places) {
      opened.push(await atPlace(place, name, () => openPlace(place, options)))
    }
  } catch (error) {
    await close()
    throw error
  }
  const stores = opened.reduce<OpenStores>((all, place) => ({ ...all, ...place.stores }), {})
  return { places: opened, stores, [Symbol.asyncDispose]: close }
}
