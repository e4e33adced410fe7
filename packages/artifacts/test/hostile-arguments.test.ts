import { hash } from 'node:crypto'
import {
  openArtifactStore,
  type ArtifactRef,
  type ArtifactStore,
  type DumpedArtifact,
} from '@harborage/artifacts'
import { allOfSession, allOfTenant, allOfUser, userOwner } from '@harborage/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'
import { placesIn, withValueAt } from '@harborage/test-kit/hostile/argument-places'
import { refusalOf } from '@harborage/test-kit/hostile/refusal-of'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const user = { tenantId: 'acme', userId: 'ann' }
const scope = { ...session, taskId: 't1' }
const options = {
  namespace: 'tool',
  mimeType: 'text/csv',
  filename: 'rows.csv',
  source: { step: 1, deep: { wide: 'yes' } },
  expiresAt: new Date(8.64e15),
}
const ref = {
  id: 'default_0123456789ab',
  namespace: 'default',
  scope,
  sha256: '0123456789ab',
} satisfies Partial<ArtifactRef>

const bytes = Uint8Array.of(1, 2, 3)
const sha256 = hash('sha256', bytes, 'hex')
const dumped: DumpedArtifact = {
  ref: {
    ...options,
    id: `tool_${sha256}`,
    scope: { ...session, taskId: 't2' },
    sizeBytes: 3,
    sha256,
    createdAt: new Date(0),
  },
  bytes,
}

/** Valid arguments for each method. */
const ofStore: Readonly<Record<string, readonly unknown[]>> = {
  putBytes: [scope, Uint8Array.of(1, 2, 3), options],
  putText: [userOwner(user), 'a,b', options],
  get: [scope, ref.id, {}],
  getText: [scope, ref.id, {}],
  getRef: [scope, ref.id, {}],
  getRefs: [scope, [ref.id], {}],
  exists: [scope, ref.id, {}],
  delete: [scope, ref.id, {}],
  deleteAll: [allOfSession(session), {}],
  list: [
    { ...scope, namespace: 'tool', maintenanceScoped: true },
    { pageSize: 10, order: 'descending', limit: 3, from: { scope, id: 'tool_0' }, to: 'tool_f' },
  ],
  scoped: [scope],
  dump: [{ maintenanceScoped: true }, { pageSize: 10, within: allOfUser(user), after: ref }],
  loadDump: [{ maintenanceScoped: true }, [dumped], {}],
  sessions: [allOfUser(user), { pageSize: 10 }],
  users: [allOfTenant({ tenantId: 'acme' }), { pageSize: 10 }],
  tenants: [{ maintenanceScoped: true }, { pageSize: 10 }],
}
const ofView: Readonly<Record<string, readonly unknown[]>> = {
  putBytes: [Uint8Array.of(1, 2, 3), options],
  putText: ['a,b', options],
  get: [ref, {}],
  getText: [ref, {}],
  getRef: [ref, {}],
  getRefs: [[ref], {}],
  exists: [ref, {}],
  delete: [ref, {}],
  deleteAll: [{}],
  list: [{ pageSize: 10, order: 'descending', limit: 3, from: ref, to: ref.id }],
  offload: [{ rows: { first: 'a' } }, { ...options, thresholdBytes: 3 }],
}

const refusals = [
  'dump_conflict',
  'identity_required',
  'invalid_identity',
  'invalid_record',
  'maintenance_scope_required',
  'scope_mismatch',
  'subtree_required',
]

let store: ArtifactStore
beforeEach(async () => {
  store = await openArtifactStore()
})
afterEach(async () => {
  const { id } = await store.putText(scope, 'still of use')
  expect(await store.getText(scope, id)).toBe('still of use')
  expect(Object.keys(Object.prototype)).toEqual([])
  await store.close()
})

describe.each([
  ['the store', ofStore, (): object => store],
  ['a view', ofView, (): object => store.scoped(scope)],
] as const)('%s', (_, goodArguments, target) => {
  describe.each(Object.entries(goodArguments))('%s', (method, args) => {
    test('accepts its valid arguments', async () => {
      await expect(callUnchecked(target(), method, ...args)).resolves.not.toThrow()
    })

    test.each(placesIn(args).map((place) => ({ at: place.join('.'), place })))(
      'accepts any value at $at, or rejects it with a typed error that quotes nothing',
      async ({ place }) => {
        for (const [what, value] of Object.entries(hostileValues)) {
          const hostile = withValueAt(args, place, value)
          const error = await refusalOf(() => callUnchecked(target(), method, ...hostile))
          if (error === undefined) continue
          expect(refusals, `${what}: ${error.message}`).toContain(error.code)
          expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(SECRET)
        }
      },
    )
  })
})
