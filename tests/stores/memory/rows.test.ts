import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  createEventBus,
  type Database,
  newEventId,
} from '@harborage/core'
import { compileStatement, requireSqlDatabase } from '@harborage/core/sql'
import {
  openMemoryStore,
  REMOVED_POSITION,
  type ConversationTurn,
  type MemoryStore,
} from '@harborage/memory'
import { expect, test } from 'vitest'

import { shareOf } from '@harborage/test-kit/measure'
import { numberedTurn, rememberedNames } from './support/numbered-turns.ts'
import { openEngine } from './support/open-engine.ts'
import { sharedPlaces } from './support/places.ts'
import { reliableSummarizer } from './support/reliable-summarizer.ts'
import { session } from './support/replica-rules.ts'

type Rows = { memory_state: { kind: string; tokens: number; bytes: Uint8Array } }

/** More than get rows of their own. */
const TURNS = 130

const rules = { strategy: 'truncation', bus: createEventBus() } as const
const tenant = { tenantId: session.tenantId }

test.each(sharedPlaces)(
  'no row is left of a conversation that was emptied or deleted, on $name',
  async ({ open }) => {
    await using database = await openEngine(await open())
    const strategies = [
      rules,
      { ...rules, strategy: 'rolling_summary', summarizer: reliableSummarizer } as const,
    ]
    for (const [part, kept] of strategies.entries()) {
      const ways = [
        [kept, (other: MemoryStore) => other.restore(session, { bytes: new Uint8Array() })],
        [kept, (other: MemoryStore) => other.delete(session)],
        [{ ...rules, strategy: 'none' }, (other: MemoryStore) => other.delete(session)],
        [kept, (other: MemoryStore) => other.deleteAll(allOfSession(session))],
        [
          { ...rules, strategy: 'none' },
          (other: MemoryStore) => other.deleteAll(allOfTenant(tenant)),
        ],
      ] as const
      for (const [emptying, empty] of shareOf(ways, { of: strategies.length, part })) {
        await using memory = await openMemoryStore({ database, ...kept })
        for (let number = 1; number <= TURNS; number += 1) {
          await memory.addTurn(session, numberedTurn('a', number))
        }
        await memory.compact(session)
        expect((await rowsOf(database)).length).toBeGreaterThan(64)
        await using other = await openMemoryStore({ database, ...emptying })
        await empty(other)
        expect(await rowsOf(database)).toEqual([])
        await memory.settled(session)
        expect(await rowsOf(database)).toEqual([])
      }
    }
  },
)

test.each(sharedPlaces)(
  'deleteAll also removes rows whose header is lost, and counts no conversation for them, on $name',
  async ({ open }) => {
    await using database = await openEngine(await open())
    await using memory = await openMemoryStore({ database, ...rules })
    const run = { ...session, runId: 'r1' }
    const { tenantId, userId } = session
    for (const subtree of [
      allOfRun(run),
      allOfSession(session),
      allOfUser({ tenantId, userId }),
      allOfTenant(tenant),
    ]) {
      await memory.addTurn(run, numberedTurn('a', 1))
      await loseHeaders(database)
      expect(await rowsOf(database)).not.toEqual([])
      expect(await memory.deleteAll(subtree)).toEqual({ deleted: 0, remaining: 0 })
      expect(await rowsOf(database)).toEqual([])
    }
  },
)

test.each(sharedPlaces)(
  'a release without rows of turn ids reads the header, and its restore invalidates those rows, on $name',
  async ({ open }) => {
    await using database = await openEngine(await open())
    await using memory = await openMemoryStore({ database, ...rules })
    const turns = Array.from({ length: TURNS }, (_, index) => withId(index + 1))
    for (const turn of turns) await memory.addTurn(session, turn)
    for (const turn of turns.slice(0, 3)) await memory.addTurn(session, turn)
    expect(rememberedNames(await memory.getLlmContext(session))).toHaveLength(TURNS)

    const header = await headerOf(database)
    expect(Object.keys(header).toSorted()).toEqual(
      [
        ...['ended', 'failures', 'folder', 'health', 'nextPosition', 'strategy', 'tokens'],
        ...['turnIds', 'turns'],
      ].toSorted(),
    )
    expect(header['turnIds']).toHaveLength(64)

    // As an earlier release restores the empty snapshot.
    await restoreAsBefore(database, {
      ...header,
      turns: 0,
      tokens: 0,
      turnIds: [],
      nextPosition: 1,
    })
    for (const turn of [turns[0], turns[1], turns[0]]) {
      if (turn !== undefined) await memory.addTurn(session, turn)
    }
    expect(rememberedNames(await memory.getLlmContext(session))).toEqual(['a1', 'a2'])
  },
)

test.each(sharedPlaces)(
  'of a forgotten turn only a row of its id is left, which later turns leave as it is, on $name',
  async ({ open }) => {
    await using database = await openEngine(await open())
    await using memory = await openMemoryStore({ database, ...rules })
    const turns = Array.from({ length: TURNS }, (_, index) => withId(index + 1))
    const forgotten = turns[60]
    const turnId = forgotten?.turnId ?? newEventId()
    for (const turn of turns.slice(0, 63)) await memory.addTurn(session, turn)
    expect(await memory.forget(session, turnId)).toBe('removed')
    // The newest ids get their rows meanwhile, this one among them.
    for (const turn of turns.slice(63)) await memory.addTurn(session, turn)
    const left = (await rowsOf(database)).filter(({ kind, bytes }) =>
      `${kind} ${new TextDecoder().decode(bytes)}`.includes(turnId),
    )
    expect(left.map(({ kind }) => kind.split('/')[0])).toEqual(['memory.turn_id'])
    expect(left[0]?.tokens).toBe(REMOVED_POSITION)
    expect(await memory.forget(session, turnId)).toBe('absent')
  },
)

function withId(number: number): ConversationTurn {
  return { ...numberedTurn('a', number), turnId: newEventId() }
}

async function rowsOf(database: Database): Promise<readonly Rows['memory_state'][]> {
  const sql = requireSqlDatabase(database)
  const all = compileStatement(
    'all_rows',
    ({ after }: { after: string }) =>
      sql.builder
        .$extendTables<Rows>()
        .selectFrom('memory_state')
        .select(['kind', 'tokens', 'bytes'])
        .where('kind', '>', after),
    { repeat: 'reads' },
  )
  return sql.rows(all, { after: '' })
}

async function loseHeaders(database: Database): Promise<void> {
  const sql = requireSqlDatabase(database)
  const lose = compileStatement(
    'lose_headers',
    ({ kind }: { kind: string }) =>
      sql.builder.$extendTables<Rows>().deleteFrom('memory_state').where('kind', '=', kind),
    { repeat: 'never' },
  )
  await sql.changes(lose, { kind: 'memory.state' })
}

async function headerOf(database: Database): Promise<Record<string, unknown>> {
  const rows = await rowsOf(database)
  const found = rows.find(({ kind }) => kind === 'memory.state')
  return JSON.parse(new TextDecoder().decode(found?.bytes)) as Record<string, unknown>
}

async function restoreAsBefore(database: Database, header: object): Promise<void> {
  const sql = requireSqlDatabase(database)
  const remove = compileStatement(
    'remove_turns_as_before',
    ({ end }: { end: string }) =>
      sql.builder
        .$extendTables<Rows>()
        .deleteFrom('memory_state')
        .where('kind', '>', 'memory.turn/')
        .where('kind', '<', end),
    { repeat: 'never' },
  )
  const write = compileStatement(
    'write_header_as_before',
    ({ bytes }: { bytes: Uint8Array }) =>
      sql.builder
        .$extendTables<Rows>()
        .updateTable('memory_state')
        .set({ bytes, tokens: 0 })
        .where('kind', '=', 'memory.state'),
    { repeat: 'never' },
  )
  await sql.changes(remove, { end: 'memory.turn0' })
  await sql.changes(write, { bytes: new TextEncoder().encode(JSON.stringify(header)) })
}
