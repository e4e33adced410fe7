import { resolve } from 'node:path'
import { isHarborageError } from '@harborage/core'
import { type Objection, refusal, requireNodeVersion } from '@harborage/core/kit'
import { parseSqliteConfig, type SqliteConfig } from '../sqlite-config.ts'
import { databasePath, IN_MEMORY } from './database-path.ts'
import { examinePlace } from './examine-place.ts'
import { isAddon, loadAddon, type Addon } from './load-addon.ts'

/** The checked configuration of a database to open. */
export interface Place {
  /** The absolute path, or `:memory:`. */
  readonly path: string
  readonly config: Required<SqliteConfig>
  readonly addon: Addon
}

/** The objections to a configuration. Without a place, nothing could be examined. */
export type Examined =
  | { readonly place: Place; readonly objections: readonly Objection[] }
  | { readonly place?: undefined; readonly objections: readonly [Objection] }

/**
 * Examines a configuration and the place that it names. It changes nothing and connects to nothing.
 */
export async function examine(given: SqliteConfig): Promise<Examined> {
  const checked = readConfig(given)
  if ('finding' in checked) return { objections: [checked] }
  const { path, config } = checked
  const addon = await loadAddon()
  if (!isAddon(addon)) return { objections: [addon] }
  const objections = path === IN_MEMORY ? [] : await examinePlace(path)
  return { place: { path, config, addon }, objections }
}

function readConfig(
  given: SqliteConfig,
): Objection | { readonly path: string; readonly config: Required<SqliteConfig> } {
  try {
    requireNodeVersion('@harborage/driver-sqlite')
    const config = parseSqliteConfig(given)
    const path = databasePath(config.dsn)
    return { path: path === IN_MEMORY ? path : fullPath(path), config }
  } catch (error) {
    if (!isHarborageError(error, 'invalid_config')) throw error
    return refusal('config', 'fails', error.message, error.cause)
  }
}

/**
 * Returns the absolute path: a relative one would change with the working folder of the process.
 * Keeps a trailing separator, which makes it the path of a folder.
 */
function fullPath(path: string): string {
  return /[\\/]$/.test(path) ? `${resolve(path)}/` : resolve(path)
}
