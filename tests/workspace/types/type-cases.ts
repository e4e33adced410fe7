import type { TypeCase } from './type-case.ts'

export const typeCases: readonly TypeCase[] = [
  {
    what: 'an event id is not any string',
    right: `await store.save({ eventId: newEventId(), identity, kind, bytes })`,
    wrong: `await store.save({ eventId: '01JZ6Q5V3M6Q8N1T4W7Y9B2C5D', identity, kind, bytes })`,
    error: ['TS2322', `'string' is not assignable to type 'EventId'`],
  },
  {
    what: 'an event id to look for is not any string either',
    right: `await store.loadByEventId(identity, parseEventId('e1'))`,
    wrong: `await store.loadByEventId(identity, 'e1')`,
    error: ['TS2345', `'string' is not assignable to parameter of type 'EventId'`],
  },
  {
    what: 'an event id is a string where one is wanted',
    right: `const text: string = eventId`,
    wrong: `const text: number = eventId`,
    error: ['TS2322', 'EventId'],
  },
  ...(['tenantId', 'userId', 'sessionId'] as const).map((part) => ({
    what: `no identity is without its ${part}`,
    right: `await store.load(${identityWithout()}, kind)`,
    wrong: `await store.load(${identityWithout(part)}, kind)`,
    error: ['TS2345', "is not assignable to parameter of type 'Owner'"] as const,
  })),
  {
    what: 'the answers of a step have the names and types of its parts',
    right: `
      const { saved } = await commitTogether({ parts: { saved: store.prepare.save(record) } })
      const outcome: SaveOutcome = saved`,
    wrong: `
      const { save } = await commitTogether({ parts: { saved: store.prepare.save(record) } })`,
    error: ['TS2339', `Property 'save' does not exist`],
  },
  {
    what: 'the answer of a part that may be left out may be absent',
    right: `
      const second = Math.random() < 1 ? { more: store.prepare.save(record) } : {}
      const { more } = await commitTogether({
        parts: { saved: store.prepare.save(record), ...second },
      })
      const outcome: SaveOutcome | undefined = more`,
    wrong: `
      const second = Math.random() < 1 ? { more: store.prepare.save(record) } : {}
      const { more } = await commitTogether({
        parts: { saved: store.prepare.save(record), ...second },
      })
      const outcome: SaveOutcome = more`,
    error: ['TS2322', `'undefined' is not assignable to type`],
  },
  {
    what: 'an identity knows no other part',
    right: `await store.load({ tenantId: 't', userId: 'u', sessionId: 's', runId: 'r' }, kind)`,
    wrong: `await store.load({ tenantId: 't', userId: 'u', sessionId: 's', run: 'r' }, kind)`,
    error: ['TS2353', `'run' does not exist`],
  },
  {
    what: 'a call across identities needs the maintenance scope',
    right: `store.listKind({ maintenanceScoped: true }, kind)`,
    wrong: `store.listKind({}, kind)`,
    error: ['TS2741', `Property 'maintenanceScoped' is missing`],
  },
  {
    what: 'the maintenance scope cannot be left out',
    right: `store.listKind({ maintenanceScoped: true }, kind)`,
    wrong: `store.listKind(kind)`,
    error: ['TS2554', 'Expected 2-3 arguments'],
  },
  {
    what: 'the maintenance scope is claimed with true',
    right: `store.listKind({ maintenanceScoped: true }, kind)`,
    wrong: `store.listKind({ maintenanceScoped: false }, kind)`,
    error: ['TS2322', `'false' is not assignable to type 'true'`],
  },
  {
    what: 'what was made mutable is taken, and what is taken is not changed',
    right: `
      const mine: { tenantId: string; userId: string; sessionId: string } = { ...identity }
      const saves: NewStateRecord[] = [record]
      const transaction: StateTransaction = { save: saves }
      await store.load(mine, kind)
      await store.commit(transaction)`,
    wrong: `
      const transaction: StateTransaction = { save: [record] }
      transaction.save?.push(record)`,
    error: ['TS2339', `'push' does not exist on type 'readonly NewStateRecord[]'`],
  },
  {
    what: 'what is frozen is taken, and an identity cannot be changed',
    right: `await store.save(Object.freeze({ ...record, identity: Object.freeze({ ...identity }) }))`,
    wrong: `stored.identity.tenantId = 'globex'`,
    error: ['TS2540', 'read-only'],
  },
  {
    what: 'bytes are a Uint8Array',
    right: `await store.save({ ...record, bytes: Buffer.from('x') })`,
    wrong: `await store.save({ ...record, bytes: 'x' })`,
    error: ['TS2322', `'string' is not assignable to type 'Uint8Array`],
  },
  {
    what: 'a load may find nothing',
    right: `const { bytes: held } = await store.loadOrThrow(identity, kind)`,
    wrong: `const { bytes: held } = await store.load(identity, kind)`,
    error: ['TS2339', `'bytes' does not exist on type 'StateRecord | undefined'`],
  },
  {
    what: 'a save may expect an empty slot, a delete may not',
    right: `await store.save(record, { ifEventId: null })`,
    wrong: `await store.delete(identity, kind, { ifEventId: null })`,
    error: ['TS2322', `'null' is not assignable`],
  },
  {
    what: 'a delete may expect a generation, which is an event id',
    right: `await store.delete(identity, kind, { ifEventId: eventId })`,
    wrong: `await store.delete(identity, kind, { ifEventId: 'e1' })`,
    error: ['TS2322', `'string' is not assignable`],
  },
  {
    what: 'the condition of a save is not left undefined by accident',
    right: `await store.save(record, {})`,
    wrong: `await store.save(record, { ifEventId: undefined })`,
    error: ['TS2379', 'exactOptionalPropertyTypes'],
  },
  {
    what: 'an expectation says what it expects',
    right: `await store.commit({ expect: [{ identity, kind, eventId: null }], save: [record] })`,
    wrong: `await store.commit({ expect: [{ identity, kind }], save: [record] })`,
    error: ['TS2741', `Property 'eventId' is missing`],
  },
  {
    what: 'a signal is an option',
    right: `await store.load(identity, kind, { signal: AbortSignal.timeout(100) })`,
    wrong: `await store.load(identity, kind, AbortSignal.timeout(100))`,
    error: ['TS2559', 'has no properties in common'],
  },
  {
    what: 'the outcomes of a save are three',
    right: `const outcome: 'saved' | 'unchanged' | 'superseded' = await store.save(record)`,
    wrong: `const outcome: 'saved' | 'unchanged' = await store.save(record)`,
    error: ['TS2322', 'superseded'],
  },
  {
    what: 'a walk is awaited',
    right: `for await (const { kind } of store.list(identity, 'k')) kind.length`,
    wrong: `for (const { kind } of store.list(identity, 'k')) kind.length`,
    error: ['TS2488', 'Symbol.iterator'],
  },
  {
    what: 'isHarborageError narrows to the code that it was asked for',
    right: `if (isHarborageError(caught, 'not_found')) { const code: 'not_found' = caught.code }`,
    wrong: `if (isHarborageError(caught, 'not_found')) { const code: 'store_closed' = caught.code }`,
    error: ['TS2322', `'"not_found"' is not assignable to type '"store_closed"'`],
  },
  {
    what: 'isHarborageError narrows what was caught',
    right: `if (isHarborageError(caught)) { const again: boolean = caught.retryable }`,
    wrong: `const again: boolean = caught.retryable`,
    error: ['TS18046', `'caught' is of type 'unknown'`],
  },
  {
    what: 'isHarborageError is asked for codes that there are',
    right: `isHarborageError(caught, 'not_found')`,
    wrong: `isHarborageError(caught, 'notfound')`,
    error: ['TS2345', 'notfound'],
  },
  {
    what: 'a switch over the code can be complete, and what it lacks is found',
    right: completeSwitch(),
    wrong: completeSwitch('store_closed'),
    error: ['TS2322', `'"store_closed"' is not assignable to type 'never'`],
  },
  {
    what: 'a typed slot takes the input of its schema',
    right: `await defineSlot({ kind, schema: z.object({ n: z.number() }) }).save(store, identity, { n: 1 })`,
    wrong: `await defineSlot({ kind, schema: z.object({ n: z.number() }) }).save(store, identity, { n: '1' })`,
    error: ['TS2322', `'string' is not assignable to type 'number'`],
  },
  {
    what: 'a typed slot gives the output of its schema, or undefined',
    right: slotWithDefault('number | undefined'),
    wrong: slotWithDefault('number'),
    error: ['TS2322', `'number | undefined' is not assignable to type 'number'`],
  },
  {
    what: 'the change of an update gets the output, may be asynchronous and gives the input',
    right: `await defineSlot({ kind, schema: z.number() }).update(store, identity, async (held) => (held ?? 0) + 1)`,
    wrong: `await defineSlot({ kind, schema: z.number() }).update(store, identity, (held) => held + 1)`,
    error: ['TS18048', `'held' is possibly 'undefined'`],
  },
  {
    what: 'the options and the answers of a typed slot can be named',
    right: `
      const slot = defineSlot({ kind, schema: z.number() })
      const options: TypedSaveOptions = { eventId, ifEventId: null }
      const again: UpdateOptions = { eventId, attempts: 3 }
      const held: SlotValue<number> | undefined = await slot.loadWithEventId(store, identity)`,
    wrong: `const again: UpdateOptions = { eventId, pageSize: 3 }`,
    error: ['TS2353', `'pageSize' does not exist in type 'UpdateOptions'`],
  },
  {
    what: 'a schema is a Standard Schema',
    right: `defineSlot({ kind, schema: z.string() })`,
    wrong: `defineSlot({ kind, schema: { parse: String } })`,
    error: ['TS2353', 'StandardSchemaV1'],
  },
  {
    what: 'a store is opened with options that there are',
    right: `await openStateStore({ dsn: process.env['DATABASE_URL'], migrate: 'verify' })`,
    wrong: `await openStateStore({ dsn: 'memory:', migrate: 'never' })`,
    error: ['TS2322', `'"never"' is not assignable`],
  },
  {
    what: 'a store is opened on a database and not on a store',
    right: `await openStateStore({ database })`,
    wrong: `await openStateStore({ database: store })`,
    error: ['TS2739', `is missing the following properties from type 'Database': engine`],
  },
  {
    what: 'SQLite needs a DSN',
    right: `await using opened = await openSqlite({ dsn: ':memory:', durability: 'normal' })`,
    wrong: `await using opened = await openSqlite({ durability: 'normal' })`,
    error: ['TS2741', `Property 'dsn' is missing`],
  },
  {
    what: 'a context gives its value, or undefined where it may be absent',
    right: `const length: number = createContext<string>('c').require().length`,
    wrong: `const length: number = createContext<string>('c').get().length`,
    error: ['TS2532', 'possibly'],
  },
  {
    what: 'a driver answers with an outcome',
    right: `const save: StateDriver['save'] = async () => 'saved'`,
    wrong: `const save: StateDriver['save'] = async () => 'done'`,
    error: ['TS2322', `'"done"' is not assignable to type 'SaveOutcome'`],
  },
  {
    what: 'the key of a table is of its columns',
    right: `
      const notes = (await import('@harborage/core/sql')).defineTable({
        name: 'notes', columns: { id: 'text', size: 'integer' }, key: ['id'],
      })
      const row = notes.rowOf({ id: 'n1', size: 3 })
      const size: number = row.size`,
    wrong: `
      const notes = (await import('@harborage/core/sql')).defineTable({
        name: 'notes', columns: { id: 'text', size: 'integer' }, key: ['di'],
      })`,
    error: ['TS2322', `'"di"' is not assignable`],
  },
]

function identityWithout(left?: string): string {
  const parts = ['tenantId', 'userId', 'sessionId'].filter((part) => part !== left)
  return `{ ${parts.map((part) => `${part}: 'x'`).join(', ')} }`
}

function slotWithDefault(result: string): string {
  return `
    const slot = defineSlot({ kind, schema: z.object({ n: z.number().default(0) }) })
    await slot.save(store, identity, {})
    const n: ${result} = (await slot.load(store, identity))?.n`
}

function completeSwitch(left?: string): string {
  const codes = [
    'identity_required',
    'invalid_identity',
    'invalid_record',
    'not_found',
    'idempotency_conflict',
    'condition_failed',
    'result_too_large',
    'kind_index_off',
    'lease_lost',
    'maintenance_scope_required',
    'subtree_required',
    'scope_mismatch',
    'artifact_too_large',
    'artifact_corrupt',
    'strategy_not_implemented',
    'strategy_mismatch',
    'invalid_snapshot',
    'invalid_health_transition',
    'unknown_driver',
    'invalid_config',
    'migration_failed',
    'schema_outdated',
    'schema_too_new',
    'store_closed',
    'store_unavailable',
    'outcome_unknown',
    'database_mismatch',
    'step_too_large',
    'app_rows_failed',
    'driver_failed',
    'dump_conflict',
  ].filter((code) => code !== left)
  return `
    import type {} from '@harborage/artifacts'
    import type {} from '@harborage/memory'
    if (isHarborageError(caught)) {
      const code = caught.code
      switch (code) {
        ${codes.map((each) => `case '${each}':`).join('\n')}
          break
        default: {
          const none: never = code
        }
      }
    }`
}
