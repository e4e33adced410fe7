import {
  ArtifactStore,
  DEFAULT_MAX_BYTES,
  InMemoryArtifactDriver,
  openArtifactStore,
} from '@harborage/artifacts'
import { describe, expect, test } from 'vitest'

import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { failureOf } from '@harborage/test-kit/failure-of'

const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

describe('a store in memory', () => {
  test.each([
    [undefined],
    [{}],
    [{ driver: 'memory' }],
    [{ dsn: 'memory:' }],
    [{ driver: 'memory', dsn: 'memory:' }],
    [{ migrate: 'verify' }],
    [{ maxBytes: DEFAULT_MAX_BYTES }],
  ] as const)('is opened by %j', async (config) => {
    await using store = await openArtifactStore(config)
    expect(store).toBeInstanceOf(ArtifactStore)
    const { id } = await store.putText(scope, 'text')
    expect(await store.getText(scope, id)).toBe('text')
  })

  test('shares no data with another store in memory', async () => {
    await using first = await openArtifactStore()
    await using second = await openArtifactStore()
    const { id } = await first.putText(scope, 'text')
    expect(await second.exists(scope, id)).toBe(false)
  })

  test.each([
    { driver: 'memory', dsn: 'fs:./hunter2' },
    { driver: 'memory', dsn: './hunter2' },
    { dsn: 'memory:hunter2' },
    { dsn: 'memory://hunter2' },
  ])('rejects %j, which names a place for data', async (config) => {
    const error = await failureOf(() => openArtifactStore(config))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('dsn names a place')
    expect(error.message).not.toContain('hunter2')
  })
})

describe('maxBytes', () => {
  const driver = new InMemoryArtifactDriver()

  test.each([1, 256 * 1024 * 1024])('may be %d', async (maxBytes) => {
    await using store = await openArtifactStore({ maxBytes })
    expect((await store.putText(scope, 'x')).sizeBytes).toBe(1)
  })

  test.each([0, -1, 1.5, 256 * 1024 * 1024 + 1, Number.NaN, Infinity, '64', 1n, null, {}])(
    'must not be %s',
    async (maxBytes) => {
      const error = await failureOf(() => openUnchecked({ maxBytes }))
      expect(error.code).toBe('invalid_config')
      expect(error.message).toMatch(/maxBytes/)
      const construct = (): unknown => Reflect.construct(ArtifactStore, [driver, { maxBytes }])
      expect(await failureOf(construct)).toMatchObject({ code: 'invalid_config' })
    },
  )
})

test.each<[what: string, config: unknown, fault: string]>([
  ['null', null, 'expected object'],
  ['a string', 'fs:./hunter2', 'expected object'],
  ['an unknown option', { maxByte: 'hunter2' }, 'maxByte'],
  ['an empty dsn', { dsn: '' }, 'dsn'],
  ['a dsn that is not a string', { dsn: 7 }, 'dsn'],
  ['an empty driver', { driver: '' }, 'driver'],
  ['an unknown value of migrate', { migrate: 'hunter2' }, 'migrate'],
  ['an object that is not a database', { database: { dsn: 'hunter2' } }, 'database'],
  ['a database and a dsn', { database: { engine: 'x' }, dsn: 'hunter2:' }, 'not both'],
  ['a database and a driver', { database: { engine: 'x' }, driver: 'hunter2' }, 'not both'],
  ['a database of an unknown engine', { database: { engine: 'x' } }, 'database'],
])('a config that is or has %s is rejected', async (_, config, fault) => {
  const error = await failureOf(() => openUnchecked(config))
  expect(error.code).toBe('invalid_config')
  expect(error.message).toContain(fault)
  expect(error.message).not.toContain('hunter2')
})

test('a config that cannot be read is rejected', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const throwing = {
    get maxBytes(): number {
      throw new Error('hunter2')
    },
  }
  for (const config of [proxy, throwing]) {
    const error = await failureOf(() => openUnchecked(config))
    expect(error.code).toBe('invalid_config')
    expect(error.message).not.toContain('hunter2')
  }
})

test.each([
  [{ driver: 'mongo', dsn: 'x' }, 'the name "mongo"'],
  [{ dsn: 'mongo://ann:hunter2@host/db' }, 'the DSN scheme "mongo:"'],
  [{ dsn: './hunter2' }, 'a DSN without a scheme'],
])(
  'the error for an unknown driver, %j, names it and the registered drivers',
  async (config, wanted) => {
    const error = await failureOf(() => openArtifactStore(config))
    expect(error.code).toBe('unknown_driver')
    expect(error.message).toContain(wanted)
    expect(error.message).toContain('(registered: memory)')
    expect(error.message).not.toContain('hunter2')
  },
)

function openUnchecked(config: unknown): Promise<unknown> {
  return callUnchecked({ openArtifactStore }, 'openArtifactStore', config)
}
