import { randomUUID } from 'node:crypto'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  tenantOwner,
  userOwner,
  type Identity,
  type Subtree,
  type SubtreeLevel,
} from '@harborage/core'
import type { ArtifactFilter, ArtifactScope, PutOptions } from '@harborage/artifacts'
import { FUTURE, PAST } from '../../support/expiry-dates.ts'
import { bytesOf } from '../../support/text-bytes.ts'
import { digestOf } from '../support/digest.ts'
import { collidingPair } from '../support/colliding-pair.ts'
import type { PlaceChoice, Step } from './step.ts'

/** The contents of a history. The last one is not a text. */
export const CONTENTS: readonly Uint8Array[] = [
  ...[...collidingPair, '', 'content', '\ufeffcontent', 'content\0'].map(bytesOf),
  Uint8Array.of(0xff, 0x00, 0xc3),
]

/** The namespaces of a history. */
export const NAMESPACES = ['default', 'a', 'a_', 'A', 'a%', 'a\ue000', 'a\u{10000}'] as const

/** The choice of a session that means the user, and the one that means the tenant. */
export const OF_USER = 2
export const OF_TENANT = 3

/** The metadata of the artifacts of a history. */
export const METADATA: readonly PutOptions[] = [
  {},
  { filename: '../a', mimeType: 'text/csv' },
  { source: { a: [1, null, 'é'], deep: { b: true } } },
  { filename: 'later', expiresAt: FUTURE },
  { filename: 'gone', expiresAt: PAST },
]

/** The names of one history. No other history uses its tenants. */
export interface Vocabulary {
  readonly tenants: readonly string[]
  /** Returns the scope of the choice, or the owner of the user or the tenant if it says so. */
  readonly scope: (place: PlaceChoice) => ArtifactScope
  /** Returns the subtree of a level that the place is in, or beside. */
  readonly subtree: (level: SubtreeLevel, place: PlaceChoice) => Subtree
  readonly namespace: (place: PlaceChoice) => string
  readonly id: (place: PlaceChoice, content: number, digits: 'short' | 'full') => string
  readonly filter: (step: Extract<Step, { do: 'list' }>) => ArtifactFilter
}

export function newVocabulary(): Vocabulary {
  const id = randomUUID()
  const tenants = [`${id}/0`, `${id}/1`]
  const sessionAt = ({ tenant, user, session }: PlaceChoice): Identity => ({
    tenantId: tenants[tenant] ?? id,
    userId: `user ${user}`,
    sessionId: `session ${session % OF_USER}`,
  })
  const taskAt = ({ task }: PlaceChoice): string => (task === 0 ? '' : `task ${task}`)
  const scope = (place: PlaceChoice): ArtifactScope => {
    const { tenantId, userId, sessionId } = sessionAt(place)
    if (place.session === OF_USER) return userOwner({ tenantId, userId })
    if (place.session === OF_TENANT) return tenantOwner({ tenantId })
    return { tenantId, userId, sessionId, taskId: taskAt(place) }
  }
  const namespace = (place: PlaceChoice): string => NAMESPACES[place.namespace] ?? 'default'
  return {
    tenants,
    scope,
    namespace,
    id(place, content, digits) {
      const digest = digestOf(contentAt(content))
      return `${namespace(place)}_${digits === 'short' ? digest.slice(0, 12) : digest}`
    },
    subtree(level, place) {
      const session = sessionAt(place)
      const { tenantId, userId } = session
      if (level === 'tenant') return allOfTenant({ tenantId })
      if (level === 'user') return allOfUser({ tenantId, userId })
      return level === 'session' ? allOfSession(session) : allOfRun({ ...session, runId: 'run' })
    },
    filter({ place, of, inNamespace }) {
      if (of === 'task' && place.session >= OF_USER) return scope(place)
      const { tenantId, userId, sessionId } = sessionAt(place)
      const taskId = taskAt(place)
      return {
        maintenanceScoped: true,
        tenantId,
        ...(of === 'tenant' ? {} : { userId }),
        ...(of === 'tenant' || of === 'user' ? {} : { sessionId }),
        ...(of === 'task' ? { taskId } : {}),
        ...(inNamespace ? { namespace: namespace(place) } : {}),
      }
    },
  }
}

export function contentAt(content: number): Uint8Array {
  return CONTENTS[content] ?? new Uint8Array()
}
