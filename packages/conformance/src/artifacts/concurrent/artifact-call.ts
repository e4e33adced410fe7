import type { ArtifactScope, ArtifactStore, PutOptions } from '@harborage/artifacts'
import { digestOf } from '../support/digest.ts'
import { deleteSession } from '../../support/delete-session.ts'
import { PAST } from '../../support/expiry-dates.ts'

/** An artifact of a history: a content in a session. All of them have the same tenant. */
export interface CallArtifact {
  readonly session: string
  readonly content: string
}

/** A call of a history, in a form that can be sent to another process. */
export type ArtifactCall =
  | (CallArtifact & {
      readonly do: 'put'
      readonly filename: string
      /** Whether what is stored has expired from then on. */
      readonly isExpired?: boolean
    })
  | (CallArtifact & { readonly do: 'getRef' | 'delete' })
  | { readonly do: 'deleteSession'; readonly session: string }

/** Makes a call and resolves to its answer as a text. The answer of a put is the file name. */
export async function makeArtifactCall(
  store: ArtifactStore,
  tenantId: string,
  call: ArtifactCall,
): Promise<string> {
  const scope = scopeOf(tenantId, call.session)
  switch (call.do) {
    case 'put': {
      const { filename, isExpired } = call
      const options: PutOptions = isExpired === true ? { filename, expiresAt: PAST } : { filename }
      const ref = await store.putText(scope, call.content, options)
      return ref.filename
    }
    case 'getRef': {
      const ref = await store.getRef(scope, idOf(call))
      return ref?.filename ?? 'nothing'
    }
    case 'delete':
      return String(await store.delete(scope, idOf(call)))
    case 'deleteSession':
      return String(await deleteSession(store, scope))
  }
}

function scopeOf(tenantId: string, sessionId: string): ArtifactScope {
  return { tenantId, userId: 'ann', sessionId }
}

function idOf({ content }: CallArtifact): string {
  return `default_${digestOf(content).slice(0, 12)}`
}
