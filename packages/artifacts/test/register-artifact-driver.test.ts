import {
  InMemoryArtifactDriver,
  openArtifactStore,
  registerArtifactDriver,
  registeredArtifactDrivers,
  type ArtifactDriver,
} from '@harborage/artifacts'
import { beforeAll, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const opened: (string | undefined)[] = []
let closed = 0

class CountingDriver extends InMemoryArtifactDriver {
  override async close(): Promise<void> {
    closed += 1
    await super.close()
  }
}

beforeAll(() => {
  registerArtifactDriver('bucket', {
    schemes: ['bucket', 'pail'],
    async open(dsn): Promise<ArtifactDriver> {
      opened.push(dsn)
      if (dsn === 'bucket:leaking') throw new Error('it leaks')
      return new CountingDriver()
    },
  })
})

test.each([
  [{ driver: 'bucket' }, undefined],
  [{ driver: 'bucket', dsn: './place' }, './place'],
  [{ dsn: 'bucket:place' }, 'bucket:place'],
  [{ dsn: 'pail:place' }, 'pail:place'],
  [{ dsn: 'PAIL:place' }, 'PAIL:place'],
])('a registered driver is opened by %j, used and closed once', async (config, dsn) => {
  const before = closed
  const store = await openArtifactStore(config)
  expect(opened.at(-1)).toBe(dsn)
  const { id } = await store.putText(scope, 'text')
  expect(await store.getText(scope, id)).toBe('text')
  await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
  expect(closed).toBe(before + 1)
})

test('maxBytes applies to a registered driver', async () => {
  await using store = await openArtifactStore({ driver: 'bucket', maxBytes: 3 })
  const error = await failureOf(() => store.putText(scope, 'text'))
  expect(error.code).toBe('artifact_too_large')
})

test('an error of the driver while it is opened reaches the caller as a cause', async () => {
  await expect(openArtifactStore({ dsn: 'bucket:leaking' })).rejects.toMatchObject({
    code: 'driver_failed',
    cause: new Error('it leaks'),
  })
})

test('a registered driver is listed with the other drivers, sorted', () => {
  expect(registeredArtifactDrivers()).toEqual(['bucket', 'memory'])
})

test.each([
  ['bucket', [], '"bucket"'],
  ['memory', [], '"memory"'],
  ['other', ['pail'], '"pail:"'],
  ['other', ['memory'], '"memory:"'],
])(
  'names and schemes are unique: a second driver %s with %j is rejected',
  async (name, schemes, taken) => {
    const open = async (): Promise<ArtifactDriver> => new CountingDriver()
    const error = await failureOf(() => registerArtifactDriver(name, { schemes, open }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain(`${taken} is already registered`)
    expect(registeredArtifactDrivers()).toEqual(['bucket', 'memory'])
  },
)
