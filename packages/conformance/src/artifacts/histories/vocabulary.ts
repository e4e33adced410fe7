import { randomUUID } from 'node:crypto'
import type { ArtifactFilter, PutOptions } from '@harborage/artifacts'
import { bytesOf } from '../../support/text-bytes.ts'
import { digestOf } from '../support/digest.ts'
import type { FullScope } from '../support/fresh-scope.ts'
import { collidingPair } from '../support/colliding-pair.ts'
import type { PlaceChoice, Step } from './step.ts'

/** The contents of a history. The last one is not a text. */
export const CONTENTS: readonly Uint8Array[] = [
  ...[...collidingPair, '', 'content', '\ufeffcontent', 'content\0'].map(bytesOf),
  Uint8Array.of(0xff, 0x00, 0xc3),
]

/** The namespaces of a history. */
export const NAMESPACES = ['default', 'a', 'a_', 'A', 'a%', 'a\ue000', 'a\u{10000}'] as const

/** The metadata of the artifacts of a history. */
export const METADATA: readonly PutOptions[] = [
  {},
  { filename: '../a', mimeType: 'text/csv' },
  { source: { a: [1, null, 'é'], deep: { b: true } } },
]

/** The names of one history. No other history uses its tenants. */
export interface Vocabulary {
  readonly tenants: readonly string[]
  readonly scope: (place: PlaceChoice) => FullScope
  readonly namespace: (place: PlaceChoice) => string
  readonly id: (place: PlaceChoice, content: number, digits: 'short' | 'full') => string
  readonly filter: (step: Extract<Step, { do: 'list' }>) => ArtifactFilter
}

export function newVocabulary(): Vocabulary {
  const id = randomUUID()
  const tenants = [`${id}/0`, `${id}/1`]
  const scope = ({ tenant, user, session, task }: PlaceChoice): FullScope => ({
    tenantId: tenants[tenant] ?? id,
    userId: `user ${user}`,
    sessionId: `session ${session}`,
    taskId: task === 0 ? '' : `task ${task}`,
  })
  const namespace = (place: PlaceChoice): string => NAMESPACES[place.namespace] ?? 'default'
  return {
    tenants,
    scope,
    namespace,
    id(place, content, digits) {
      const digest = digestOf(contentAt(content))
      return `${namespace(place)}_${digits === 'short' ? digest.slice(0, 12) : digest}`
    },
    filter({ place, of, inNamespace }) {
      const { tenantId, userId, sessionId, taskId } = scope(place)
      return {
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
