import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openStateStore } from '@harborage/state'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { HarborageSaver, HarborageStore, type ConnectOptions } from '@harborage/langgraph'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { describe, expect, onTestFinished, test } from 'vitest'

import { put, threadConfig } from './support/checkpoints.ts'
import { newOwner } from './support/new-owner.ts'

async function useSaver(dsn: string, options: ConnectOptions): Promise<void> {
  const saver = HarborageSaver.fromConnString(dsn, options)
  await saver.setup()
  await put(saver, threadConfig('t1'), { values: { kept: true } })
  await saver.end()
}

async function read(dsn: string, options: ConnectOptions): Promise<unknown> {
  const saver = HarborageSaver.fromConnString(dsn, options)
  try {
    return (await saver.getTuple(threadConfig('t1')))?.checkpoint.channel_values
  } finally {
    await saver.end()
  }
}

describe('a saver from a connection string', () => {
  test.each([
    ['a DSN', (path: string) => `sqlite:${path}`],
    ['a path', (path: string) => path],
    ['a file URL', (path: string) => `file://${path}`],
  ])('keeps its threads in an SQLite file that is named by %s', async (_, dsnOf) => {
    const dsn = dsnOf(join(await temporaryFolder(), 'agent.db'))
    const options = { owner: newOwner() }
    await useSaver(dsn, options)
    expect(await read(dsn, options)).toEqual({ kept: true })
  })

  test.each([':memory:', 'memory:', 'sqlite::memory:'])('keeps them in memory: %s', async (dsn) => {
    const options = { owner: newOwner() }
    await useSaver(dsn, options)
    expect(await read(dsn, options)).toBeUndefined()
  })

  test('keeps them in the schema that it is given', async () => {
    const created = await createDatabase()
    onTestFinished(() => created.drop())
    const options = { owner: newOwner(), schema: 'agents' }
    await useSaver(created.dsn, options)
    expect(await read(created.dsn, options)).toEqual({ kept: true })
    const found = `select schemaname from pg_tables where tablename = 'state_records'`
    expect(await queryPostgres(created.dsn, found)).toEqual([{ schemaname: 'agents' }])
  })

  test('keeps no order of kinds in a database that it makes', async () => {
    const dsn = `sqlite:${join(await temporaryFolder(), 'agent.db')}`
    await useSaver(dsn, { owner: newOwner() })
    await (await openStateStore({ dsn, kindIndex: false })).close()
  })

  test('uses a database that keeps the order', async () => {
    const dsn = `sqlite:${join(await temporaryFolder(), 'agent.db')}`
    await (await openStateStore({ dsn })).close()
    const options = { owner: newOwner() }
    await useSaver(dsn, options)
    expect(await read(dsn, options)).toEqual({ kept: true })
  })

  test('changes no tables with migrate: "verify"', async () => {
    const dsn = `sqlite:${join(await temporaryFolder(), 'agent.db')}`
    const options = { owner: newOwner(), migrate: 'verify' } as const
    const saver = HarborageSaver.fromConnString(dsn, options)
    expect((await failureOf(saver.setup())).code).toBe('schema_outdated')
    await saver.end()
    await useSaver(dsn, { owner: options.owner })
    expect(await read(dsn, options)).toEqual({ kept: true })
  })

  test('opens the database at the first call, and again after that failed', async () => {
    const folder = await temporaryFolder()
    const dsn = `sqlite:${join(folder, 'missing', 'agent.db')}`
    const saver = HarborageSaver.fromConnString(dsn, { owner: newOwner() })
    expect((await failureOf(saver.getTuple(threadConfig('t1')))).code).toBe('invalid_config')
    await mkdir(join(folder, 'missing'))
    expect(await saver.getTuple(threadConfig('t1'))).toBeUndefined()
    await saver.end()
  })

  test('says which package to import for a scheme that it does not know', async () => {
    const saver = HarborageSaver.fromConnString('other://host/name', { owner: newOwner() })
    const error = await failureOf(saver.setup())
    expect(error.code).toBe('unknown_driver')
    await saver.end()
  })

  test('rejects calls after its end, also if it was never opened', async () => {
    for (const opens of [true, false]) {
      const saver = HarborageSaver.fromConnString('sqlite::memory:', { owner: newOwner() })
      if (opens) await saver.setup()
      await saver.end()
      await saver.end()
      expect((await failureOf(saver.getTuple(threadConfig('t1')))).code).toBe('store_closed')
      expect((await failureOf(put(saver, threadConfig('t1')))).code).toBe('store_closed')
    }
  })

  test('stays open when a saver of another owner ends', async () => {
    const saver = HarborageSaver.fromConnString('sqlite::memory:', { owner: newOwner() })
    onTestFinished(() => saver.end())
    const other = saver.forOwner(newOwner())
    await put(other, threadConfig('t1'))
    await other.end()
    await put(saver, threadConfig('t1'))
  })

  test('on a store that was passed leaves it open at its end', async () => {
    await using state = await openStateStore()
    const saver = new HarborageSaver({ state, owner: newOwner() })
    await saver.setup()
    await saver.end()
    await put(saver, threadConfig('t1'))
  })
})

describe('what a saver is made of', () => {
  test.each<[string, unknown[], string]>([
    ['no options', [undefined], 'identity_required'],
    ['no owner', [{}], 'identity_required'],
    ['an undefined owner', [{ owner: undefined }], 'identity_required'],
    ['a misspelled option', [{ owner: newOwner(), fenced: true }], 'invalid_config'],
    ['a fence that is no boolean', [{ owner: newOwner(), fence: 'yes' }], 'invalid_config'],
    ['a serializer without its methods', [{ owner: newOwner(), serde: {} }], 'invalid_config'],
  ])('is rejected if there is %s', async (_what, [options], code) => {
    const connecting = () => call(HarborageSaver, 'fromConnString', 'sqlite::memory:', options)
    expect((await failureOf(connecting)).code).toBe(code)
    await using state = await openStateStore()
    const withState: unknown =
      typeof options === 'object' ? Object.assign({ state }, options) : options
    const making = (): unknown => Reflect.construct(HarborageSaver, [withState])
    expect((await failureOf(making)).code).toBe(code)
  })

  test.each([undefined, null, {}, 'sqlite:./agent.db', Promise.resolve({})])(
    'is rejected if the state store is %s',
    async (state) => {
      const making = (): unknown =>
        Reflect.construct(HarborageSaver, [{ owner: newOwner(), state }])
      expect((await failureOf(making)).code).toBe('invalid_config')
    },
  )

  test.each<[what: string, dsn: string, options: object, said: RegExp]>([
    ['a misspelled option', 'sqlite::memory:', { fense: true }, /no option fense: .*fence/],
    ['an option of an engine', 'sqlite::memory:', { busyTimeoutMs: 5 }, /no option busyTimeoutMs/],
    ['a fence of another type', 'memory:', { fence: 'true' }, /fence is of type string: pass true/],
    ['no owner', 'memory:', { owner: undefined }, /owner is missing/],
    ['a text as the owner', 'memory:', { owner: 'ann' }, /owner is of type string/],
    ['a list as the owner', 'memory:', { owner: ['ann'] }, /owner is an array/],
    ['a schema in SQLite', 'sqlite:./a.db', { schema: 'x' }, /schema is an option for Postgres/],
    ['a schema of a path', './a.db', { schema: 'x' }, /schema is an option for Postgres/],
    ['a schema in memory', 'memory:', { schema: 'x' }, /schema is an option for Postgres/],
    ['a schema in the DSN', 'postgres://h/d?schema=x', {}, /pass it as the option schema/],
    ['one after others', 'postgresql://h/d?a=b&currentSchema=x', {}, /as the option schema/],
  ])('is told apart: %s', async (_what, dsn, options, said) => {
    for (const target of [HarborageSaver, HarborageStore]) {
      if (target === HarborageStore && 'fence' in options) continue
      const given = { owner: newOwner(), ...options }
      const { message } = await failureOf(() => call(target, 'fromConnString', dsn, given))
      expect(message.replace('searchOrder', 'fence')).toMatch(said)
    }
  })

  test('is rejected if the options or the state store are of another type, and says which', async () => {
    const made = (options: unknown) => failureOf(() => Reflect.construct(HarborageSaver, [options]))
    expect((await made('sqlite:./agent.db')).message).toMatch(/the options are of type string/)
    const state = Promise.resolve({})
    expect((await made({ owner: newOwner(), state })).message).toMatch(/state is a promise/)
  })

  test('is rejected if the connection string is missing', async () => {
    for (const dsn of ['', undefined, null, 5]) {
      const connecting = () => call(HarborageSaver, 'fromConnString', dsn, { owner: newOwner() })
      expect((await failureOf(connecting)).code).toBe('invalid_config')
    }
  })
})

/** Calls a function as code without types could. */
function call(target: object, name: string, ...args: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(target, name)
  if (typeof method !== 'function') throw new Error(`there is no function ${name}`)
  return Reflect.apply(method, target, args)
}
