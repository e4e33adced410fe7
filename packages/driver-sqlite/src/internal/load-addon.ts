import { codeOf, type Objection, refusal } from '@harborage/core/kit'
import type BetterSqlite3 from 'better-sqlite3'

/** Returns a new connection, as `new BetterSqlite3(...)` does. */
export type Addon = (path: string, options: BetterSqlite3.Options) => BetterSqlite3.Database

let loaded: Addon | undefined

/**
 * Loads the native addon of better-sqlite3 by opening a first connection. Returns an objection if
 * it does not load, so that no file is created in vain.
 */
export async function loadAddon(): Promise<Addon | Objection> {
  if (loaded !== undefined) return loaded
  try {
    const { default: Connection } = await import('better-sqlite3')
    new Connection(':memory:').close()
    loaded = (path, options) => new Connection(path, options)
    return loaded
  } catch (error) {
    return refusal('addon', 'fails', explain(codeOf(error)), error)
  }
}

/** Returns whether the addon was loaded. */
export function isAddon(answer: Addon | Objection): answer is Addon {
  return typeof answer === 'function'
}

function explain(code: string | undefined): string {
  if (code === 'ERR_DLOPEN_DISABLED') {
    return 'SQLite needs the addon of better-sqlite3, which Node.js does not load under --no-addons: start it without that flag, or use Postgres'
  }
  const suffix = code === undefined ? '' : ` (${code})`
  return `the addon of better-sqlite3 does not load${suffix}: install the package on the system and the Node.js that run it ("npm rebuild better-sqlite3"), and leave it out of a bundle (as external)`
}
