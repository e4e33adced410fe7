import type {
  ArtifactRef,
  ArtifactScope,
  ArtifactStore,
  DumpedArtifact,
} from '@harborage/artifacts'
import { allOfTenant, tenantOwner, userOwner } from '@harborage/core'
import { ownerAt } from '@harborage/core/kit'
import { collect } from '../../support/collect.ts'

/** The scope of calls that cross identities. */
export const maintenance = { maintenanceScoped: true } as const

/** Resolves to all artifacts of a tenant. */
export function dumpOf(
  store: ArtifactStore,
  tenantId: string,
  options: { readonly pageSize?: number; readonly after?: ArtifactRef } = {},
): Promise<DumpedArtifact[]> {
  return collect(store.dump(maintenance, { ...options, within: allOfTenant({ tenantId }) }))
}

/** Returns a dumped artifact as that of another tenant. */
export function ofTenant({ ref, bytes }: DumpedArtifact, tenantId: string): DumpedArtifact {
  return { ref: { ...ref, scope: ownerAt({ ...ref.scope, tenantId }) }, bytes }
}

/** Returns dumped artifacts without the tenant, as plain values that can be compared. */
export function comparable(artifacts: readonly DumpedArtifact[]): unknown {
  return artifacts.map(({ ref: { scope, createdAt, expiresAt, source, ...ref }, bytes }) => ({
    ...ref,
    owner: [scope.userId, scope.sessionId, scope.taskId],
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime(),
    source: JSON.stringify(source),
    bytes: Buffer.from(bytes).toString('base64'),
  }))
}

/** Returns a task, its session, its user and its tenant. */
export function scopesOf(tenantId: string, name = 'first'): readonly ArtifactScope[] {
  const session = { tenantId, userId: name, sessionId: name }
  return [
    { ...session, taskId: name },
    session,
    userOwner({ tenantId, userId: name }),
    tenantOwner({ tenantId }),
  ]
}
