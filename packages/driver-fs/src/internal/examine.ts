import { isHarborageError } from '@harborage/core'
import { type Objection, refusal } from '@harborage/core/kit'
import { parseFsConfig, type FsConfig } from '../fs-config.ts'
import type { ExaminedRoot } from './examine-layout.ts'
import { examineRoot } from './examine-root.ts'
import { rootPath } from './root-path.ts'

/** What is opened, as far as it is known before. */
export interface Place extends Required<Omit<FsConfig, 'dsn'>> {
  readonly path: string
}

/** What there is against a configuration: without a place, nothing could be looked at. */
export type Examined =
  | ({ readonly place: Place } & ExaminedRoot)
  | {
      readonly place?: undefined
      readonly objections: readonly [Objection]
      readonly passedOver: readonly []
    }

/** Examines a configuration and the folder that it names. It changes nothing. */
export async function examine(config: FsConfig): Promise<Examined> {
  const place = readConfig(config)
  if ('finding' in place) return { objections: [place], passedOver: [] }
  return { place, ...(await examineRoot(place.path, place.migrate)) }
}

function readConfig(given: FsConfig): Place | Objection {
  try {
    const { dsn, ...rest } = parseFsConfig(given)
    return { ...rest, path: rootPath(dsn) }
  } catch (error) {
    if (!isHarborageError(error, 'invalid_config')) throw error
    return refusal('config', 'fails', error.message, error.cause)
  }
}
