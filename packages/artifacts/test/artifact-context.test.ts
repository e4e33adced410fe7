import { artifactContext, openArtifactStore } from '@harborage/artifacts'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

test('artifactContext carries the store to handlers', async () => {
  await using store = await openArtifactStore()
  const handler = async (): Promise<string> => {
    const { id } = await artifactContext.require().putText(scope, 'output')
    return id
  }
  const id = await artifactContext.run(store, handler)
  expect(await store.getText(scope, id)).toBe('output')
})

test('two concurrent tasks each see the store that they were run with', async () => {
  await using left = await openArtifactStore()
  await using right = await openArtifactStore()
  const handler = async (): Promise<unknown> => {
    await Promise.resolve()
    return artifactContext.get()
  }
  const seen = await Promise.all([left, right].map((store) => artifactContext.run(store, handler)))
  expect(seen[0]).toBe(left)
  expect(seen[1]).toBe(right)
})

test('without a store artifactContext fails, and the error explains how to provide one', async () => {
  expect(artifactContext.get()).toBeUndefined()
  const error = await failureOf(() => artifactContext.require())
  expect(error.code).toBe('invalid_config')
  expect(error.message).toContain('artifactContext.run(value, work)')
})
