// Run by a test: a process that keeps one store open and makes the calls that it is told to make.
// It handles no errors beside those of the calls, so that any other error ends it.
import { newEventId } from '@harborage/core'
import { openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import { openStateStore, type StateStore } from '@harborage/state'
import { Pool } from 'pg'

/** How the process opens its store. */
export interface StoreProcessConfig {
  readonly dsn: string
  readonly isOnOwnPool?: boolean
  readonly options?: PostgresConfig
}

/** A call that the process makes. */
export interface Call {
  readonly method: 'save' | 'load' | 'commit' | 'close'
  readonly kinds: readonly string[]
}

/** The outcome of a call. */
export interface Answer {
  readonly value?: unknown
  readonly failure?: { readonly code: string; readonly retryable: boolean }
}

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

interface OpenStore {
  readonly state: StateStore
  close(): Promise<void>
}

async function open({ dsn, isOnOwnPool, options }: StoreProcessConfig): Promise<OpenStore> {
  const pool = new Pool({ connectionString: dsn, application_name: 'harborage' })
  const place = isOnOwnPool === true ? { pool } : { dsn }
  const database = await openPostgres({ ...place, ...options })
  const state = await openStateStore({ database })
  return {
    state,
    async close() {
      await state.close()
      await database.close()
      await pool.end()
    },
  }
}

async function make(store: OpenStore, { method, kinds }: Call): Promise<unknown> {
  const records = kinds.map((kind) => ({
    eventId: newEventId(),
    identity,
    kind,
    bytes: new TextEncoder().encode(kind),
  }))
  switch (method) {
    case 'save':
      return Promise.all(records.map((record) => store.state.save(record)))
    case 'load':
      return Promise.all(kinds.map(async (kind) => (await store.state.load(identity, kind))?.kind))
    case 'commit':
      return (await store.state.commit({ save: records })).save
    case 'close':
      return store.close()
  }
}

async function answer(store: OpenStore, call: Call): Promise<Answer> {
  try {
    return { value: await make(store, call) }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('retryable' in error)) throw error
    return { failure: { code: String(error.code), retryable: error.retryable === true } }
  }
}

const config = JSON.parse(process.argv[2] ?? '{}') as StoreProcessConfig
const store = await open(config)
process.on('message', (call: Call) => {
  void answer(store, call).then((result) => process.send?.(result))
})
process.send?.({ value: 'open' })
