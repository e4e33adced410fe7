import type { NamedPart, PartResult } from '@harborage/core/kit'
import {
  changeRows,
  lockRanks,
  pipeline,
  WriteConflict,
  type SqlParticipant,
  type SqlWork,
  type StepAttempt,
  type WriteClaim,
} from '@harborage/core/sql'
import type { NewArtifact } from '../artifact-driver.ts'
import type { ArtifactRef } from '../artifact.ts'
import { storeWork } from './put-work.ts'
import { artifactRow, inLockOrder, keyColumns } from './rows.ts'
import type { ArtifactStatements } from './statements.ts'
import { artifactsBlobs } from './tables.ts'

/** Returns the side that applies the puts of a step. */
export function artifactsParticipant(
  statements: ArtifactStatements,
): SqlParticipant<NewArtifact, ArtifactRef> {
  return {
    name: 'artifacts',
    rank: lockRanks.artifacts,
    claimOf,
    work: (parts, attempt) => putsWork(statements, parts, attempt),
  }
}

/** Returns what a put writes: its content under either id. */
export function claimOf({ ref, shortId, fullId, bytes }: NewArtifact): WriteClaim {
  const { scope } = ref
  const keys = [shortId, fullId].map((id) => artifactsBlobs.keyText(keyColumns({ scope, id })))
  return { keys, bytes: bytes.length }
}

/** Puts all artifacts, in the order of their keys. Of equal ones, the first is put first. */
function* putsWork(
  statements: ArtifactStatements,
  parts: readonly NamedPart<NewArtifact>[],
  { isOptimistic }: StepAttempt,
): SqlWork<readonly PartResult<ArtifactRef>[]> {
  const refs = new Map<NamedPart<NewArtifact>, PartResult<ArtifactRef>>()
  const ordered = inLockOrder(parts, ({ payload: { ref, shortId } }) =>
    keyColumns({ scope: ref.scope, id: shortId }),
  )
  if (isOptimistic) {
    const written = yield* pipeline(
      ordered.map(({ payload }) =>
        changeRows(statements.put, artifactRow(payload, payload.shortId)),
      ),
    )
    // Usually because equal content is stored, which has to be locked before other rows.
    if (written.includes(0)) throw new WriteConflict()
    return parts.map(({ payload }) => ({
      result: { ...payload.ref, id: payload.shortId },
      effect: 'writes',
    }))
  }
  for (const part of ordered) {
    const { ref, isWritten } = yield* storeWork(statements, part.payload)
    refs.set(part, { result: ref, effect: isWritten ? 'writes' : 'nothing' })
  }
  return parts.flatMap((part) => refs.get(part) ?? [])
}
