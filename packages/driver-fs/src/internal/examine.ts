import { HarborageError, isHarborageError } from '@harborage/core'
import { type Objection, refusal, requireNodeVersion, schemeOf } from '@harborage/core/kit'
import { parseFsConfig, type FsConfig } from '../fs-config.ts'
import type { ExaminedRoot } from './examine-layout.ts'
import { examineRoot } from './examine-root.ts'

/** The checked configuration of a store to open. */
export interface Place extends Required<Omit<FsConfig, 'dsn'>> {
  readonly path: string
}

/** The objections to a configuration. Without a place, nothing could be examined. */
export type Examined =
  | ({ readonly place: Place } & ExaminedRoot)
  | {
      readonly place?: undefined
      readonly objections: readonly [Objection]
      readonly passedOver: readonly []
    }

/** Examines a configuration and the folder that it names. Changes nothing. */
export async function examine(config: FsConfig): Promise<Examined> {
  const place = readConfig(config)
  if ('finding' in place) return { objections: [place], passedOver: [] }
  return { place, ...(await examineRoot(place.path, place.migrate)) }
}

function readConfig(given: FsConfig): Place | Objection {
  try {
    requireNodeVersion('@harborage/driver-fs')
    const { dsn, ...rest } = parseFsConfig(given)
    return { ...rest, path: rootPath(dsn) }
  } catch (error) {
    if (!isHarborageError(error, 'invalid_config')) throw error
    return refusal('config', 'fails', error.message, error.cause)
  }
}

/**
 * Returns the path in a DSN.
 *
 * @throws `invalid_config` if the DSN has no unambiguous path.
 */
function rootPath(dsn: string): string {
  const scheme = schemeOf(dsn)
  if (scheme !== undefined && scheme !== 'fs') throw refuse('has a scheme other than "fs:"')
  const path = scheme === undefined ? dsn : stripAuthority(dsn.slice('fs:'.length))
  if (path === '' || path !== path.trim())
    throw refuse('names no folder, or has white space around it')
  if (path.includes('\0')) throw refuse('holds a NUL character')
  if (path.startsWith('//')) throw refuse('names a host')
  if (scheme !== undefined && path.includes('?')) {
    throw refuse(
      'holds a "?", but no options are read from it (retryTimeoutMs is passed to openFsArtifactDriver())',
    )
  }
  return path
}

/**
 * Returns the path after `fs:`. `fs:///srv/artifacts` is the path `/srv/artifacts`. With two
 * slashes the first name would be a host.
 */
function stripAuthority(rest: string): string {
  return rest.startsWith('///') ? rest.slice(2) : rest
}

function refuse(fault: string): HarborageError {
  return new HarborageError('invalid_config', `dsn ${fault}: pass "fs:./artifacts" or a plain path`)
}
