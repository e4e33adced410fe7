import {
  ArtifactStore,
  InMemoryArtifactDriver,
  type ArtifactContent,
  type ArtifactKey,
  type ArtifactRef,
} from '@harborage/artifacts'
import { expect, test } from 'vitest'

import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { failureOf } from '@harborage/test-kit/failure-of'

// Every value that the two tenants pass is a secret.
const mine = scopeOf('mine')
const theirs = scopeOf('theirs')
const options = {
  namespace: 'secret-namespace',
  filename: 'secret-filename',
  source: { 'secret-name': 'secret-value' },
}

/** Returns other bytes than it stored. */
class RottingDriver extends InMemoryArtifactDriver {
  override async get(key: ArtifactKey): Promise<ArtifactContent | undefined> {
    const content = await super.get(key)
    return content === undefined ? undefined : { ...content, bytes: Buffer.from('secret-rotten') }
  }
}

interface Given {
  readonly store: ArtifactStore
  readonly ref: ArtifactRef
}

test.each<[code: string, call: (given: Given) => unknown]>([
  ['identity_required', ({ store, ref }) => store.get({ ...mine, userId: '' }, ref.id)],
  ['invalid_identity', ({ store, ref }) => store.get({ ...mine, taskId: 'secret-\0' }, ref.id)],
  ['invalid_identity', ({ store }) => store.scoped({ ...mine, tenantId: 'secret-\ud800' })],
  ['invalid_record', ({ store }) => store.exists(mine, 'secret-id-\ud800')],
  ['invalid_record', ({ store }) => store.putText(mine, 'secret-text-\ud800')],
  ['invalid_record', ({ store }) => store.putText(mine, 'a', { namespace: 'secret-'.repeat(99) })],
  ['invalid_record', ({ store }) => store.putText(mine, 'a', { mimeType: 'secret-\0' })],
  ['invalid_record', ({ store }) => store.scoped(mine).offload('secret-', { thresholdBytes: -7 })],
  ['artifact_too_large', ({ store }) => store.putText(mine, 'secret-'.repeat(99))],
  ['artifact_corrupt', ({ store, ref }) => store.get(mine, ref.id)],
  ['artifact_corrupt', ({ store, ref }) => store.getText(mine, ref.id)],
  ['scope_mismatch', ({ store, ref }) => store.scoped(theirs).get(ref)],
  ['maintenance_scope_required', ({ store }) => store.list({ tenantId: theirs.tenantId })],
  ['store_closed', ({ store }) => store.close().then(() => store.putText(mine, 'secret-text'))],
])('the message of %s quotes no payload and no identity: %#', async (code, call) => {
  await using store = new ArtifactStore(new RottingDriver(), { maxBytes: 100 })
  const ref = await store.putText(mine, 'secret-text', options)
  const error = await failureOf(() => call({ store, ref }))
  expect(error.code).toBe(code)
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/secret-/)
})

test('the error for a source that is not JSON names the place and the type, not the value', async () => {
  await using store = new ArtifactStore(new InMemoryArtifactDriver())
  const source = { step: { at: new Date(0) } }
  const error = await failureOf(() => callUnchecked(store, 'putText', mine, 'text', { source }))
  expect(error.code).toBe('invalid_record')
  expect(error.message).toMatch(/^source\.\*\.\* is an object, which is not JSON/)
})

function scopeOf(owner: string) {
  return {
    tenantId: `secret-tenant-${owner}`,
    userId: `secret-user-${owner}`,
    sessionId: `secret-session-${owner}`,
    taskId: `secret-task-${owner}`,
  }
}
