import { changeRows, selectRows, WriteConflict, type SqlWork } from '@harborage/core/sql'
import type { NewArtifact } from '../artifact-driver.ts'
import type { ArtifactRef } from '../artifact.ts'
import {
  artifactRow,
  damagedRow,
  digestColumns,
  expiryColumn,
  keyColumns,
  refOf,
  type RefColumns,
} from './rows.ts'
import type { ArtifactStatements } from './statements.ts'
import { NEVER } from './tables.ts'

/**
 * Stores an artifact, or finds equal content and locks it until the transaction ends. What it finds
 * gets the expiry of the artifact, and is replaced if it has expired.
 *
 * It is safe to repeat after an attempt whose answer was lost: it finds what that attempt stored.
 *
 * @throws WriteConflict if the row that prevented the put was deleted meanwhile.
 */
export function* putWork(
  statements: ArtifactStatements,
  artifact: NewArtifact,
): SqlWork<ArtifactRef> {
  return (yield* storeWork(statements, artifact)).ref
}

/** What a put has stored or found. */
interface Stored {
  readonly ref: ArtifactRef
  readonly isWritten: boolean
}

/** Does what {@link putWork} does, and says whether anything was written. */
export function* storeWork(statements: ArtifactStatements, artifact: NewArtifact): SqlWork<Stored> {
  const { scope, sha256 } = artifact.ref
  for (const id of [artifact.shortId, artifact.fullId]) {
    const written = yield* changeRows(statements.put, artifactRow(artifact, id))
    if (written > 0) return { ref: { ...artifact.ref, id }, isWritten: true }
    const [stored] = yield* selectRows(statements.lockByDigest, digestColumns(artifact))
    if (stored !== undefined) return yield* renewWork(statements, artifact, stored)
    const [holder] = yield* selectRows(statements.getRef, keyColumns({ scope, id }))
    // Equal content may have been put in between.
    if (holder === undefined || holder.sha256 === sha256) throw new WriteConflict()
  }
  // Only this content can have its full id.
  throw damagedRow()
}

/** Returns whether a put leaves equal content as it is, at any time. */
export function isKept({ ref, onEqual }: NewArtifact, stored: RefColumns): boolean {
  if (onEqual === 'keep') return true
  return stored.expires_at === NEVER && expiryColumn(ref) === NEVER
}

/** Writes the expiry of an artifact to equal content, which is locked, or replaces it. */
function* renewWork(
  statements: ArtifactStatements,
  artifact: NewArtifact,
  stored: RefColumns,
): SqlWork<Stored> {
  const found = refOf(stored)
  if (isKept(artifact, stored)) return { ref: found, isWritten: false }
  const key = keyColumns(found)
  if (stored.expires_at !== NEVER && stored.expires_at <= (yield* nowWork(statements))) {
    yield* changeRows(statements.delete, key)
    return yield* storeWork(statements, artifact)
  }
  const { expiresAt } = artifact.ref
  const expires_at = expiryColumn(artifact.ref)
  if (stored.expires_at === expires_at) return { ref: found, isWritten: false }
  yield* changeRows(statements.renew, { ...key, expires_at })
  return { ref: { ...found, expiresAt }, isWritten: true }
}

/** Returns the time by the clock of the database, in milliseconds. */
function* nowWork({ now }: ArtifactStatements): SqlWork<number> {
  const [row] = yield* selectRows(now, {})
  if (row === undefined) throw new Error('the database told no time')
  return row.now
}
