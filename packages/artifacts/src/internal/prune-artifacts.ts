import type { PruneResult, RunIdentity, Subtree } from '@harborage/core'
import {
  checkExpiredRule,
  checkPrefixOfRules,
  checkPrune,
  checkRequiredName,
  KnownNames,
  MAX_PAGE_BYTES,
  prune,
  pruneOptionNames,
  type CheckedPrune,
} from '@harborage/core/kit'
import type { ArtifactDriver, ArtifactPage, FoundArtifact } from '../artifact-driver.ts'
import type { RefPlace } from '../artifact.ts'
import { compareRefs } from '../compare-refs.ts'
import type { ArtifactPruneOptions } from '../prune-options.ts'
import { checkPlace } from './check-dumped-artifact.ts'

const names = new KnownNames('options', [...pruneOptionNames, 'namespace', 'expired'])

/** The checked arguments of a `prune` of artifacts. */
export interface CheckedArtifactPrune extends CheckedPrune<RefPlace> {
  readonly namespace: string | undefined
  readonly expired: boolean
}

/** Checks the arguments of a `prune` of artifacts. */
export function checkArtifactPrune(
  subtree: Subtree,
  options: ArtifactPruneOptions | undefined,
): CheckedArtifactPrune {
  const checked = checkPrune(subtree, options, { names, checkPlace, ownerOf })
  const expired = checkExpiredRule(options?.expired, checked)
  const namespace = checkPrefixOfRules('namespace', checked, options?.namespace)
  return {
    ...checked,
    namespace:
      namespace === ''
        ? undefined
        : checkRequiredName('options.namespace', namespace, 'invalid_record'),
    expired,
  }
}

/** Returns the session of a place: an artifact is of no run. */
function ownerOf({ scope: { tenantId, userId, sessionId } }: RefPlace): Required<RunIdentity> {
  return { tenantId, userId, sessionId, runId: '' }
}

/** An artifact as a `prune` examines it, without its description. */
interface PrunableArtifact extends RefPlace, FoundArtifact {
  readonly updatedAt: Date
  readonly isExpired: boolean
}

/** Which artifacts a page is of. */
type Selected = Pick<ArtifactPage, 'tenantId' | 'userId' | 'sessionId' | 'taskId' | 'namespace'>

/** Removes the artifacts of a subtree that have expired or that the rules name. */
export function pruneArtifacts(
  driver: ArtifactDriver,
  { namespace, expired, ...checked }: CheckedArtifactPrune,
): Promise<PruneResult> {
  const { level, tenantId, userId, sessionId } = checked.subtree
  const all: Selected = {
    tenantId,
    userId: level === 'tenant' ? undefined : userId,
    sessionId: level === 'session' ? sessionId : undefined,
    taskId: undefined,
    namespace,
  }
  return prune<PrunableArtifact, RefPlace>(
    {
      // An artifact is of no run.
      examine: async (after, limit) => (level === 'run' ? [] : pageOf(driver, all, after, limit)),
      remove: (artifacts) => driver.prune(artifacts),
      placeOf: ({ scope, namespace: name, id }) => ({ scope, namespace: name, id }),
      verdictOf: ({ isExpired }) => {
        if (!isExpired) return undefined
        return expired ? 'removed' : 'kept'
      },
      ownerOf: ({ scope }) =>
        JSON.stringify([scope.tenantId, scope.userId, scope.sessionId, scope.taskId]),
      ofOwner: ({ scope }, after, limit) => pageOf(driver, { ...scope, namespace }, after, limit),
      compare: compareRefs,
    },
    checked,
  )
}

/** Reads the next artifacts. A page of fewer than `limit` is the last one. */
async function pageOf(
  driver: ArtifactDriver,
  selected: Selected,
  begin: RefPlace | undefined,
  limit: number,
): Promise<readonly PrunableArtifact[]> {
  const found: PrunableArtifact[] = []
  const now = await driver.now()
  let after = begin
  while (found.length < limit) {
    const refs = await driver.listPage({
      ...selected,
      order: 'ascending',
      from: undefined,
      to: undefined,
      after,
      limit: limit - found.length,
      maxBytes: MAX_PAGE_BYTES,
      visibility: 'all',
    })
    if (refs.length === 0) break
    for (const { scope, namespace, id, createdAt, expiresAt } of refs) {
      const isExpired = expiresAt !== undefined && expiresAt <= now
      found.push({ scope, namespace, id, createdAt, expiresAt, updatedAt: createdAt, isExpired })
    }
    after = refs.at(-1)
  }
  return found
}
