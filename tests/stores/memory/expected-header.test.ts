import { commitTogether, createEventBus, newEventId } from '@harborage/core'
import type { SqlDatabase, SqlStatement, SqlWork, TransactionTraits } from '@harborage/core/sql'
import { openMemoryStore, type MemoryStore, type ConversationTurn } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { describe, expect, test } from 'vitest'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { numberedTurn, rememberedNames } from './support/numbered-turns.ts'
import { openEngine } from './support/open-engine.ts'
import { sharedPlaces } from './support/places.ts'
import { RepeatingDatabase } from './support/repeating-database.ts'
import { session } from './support/replica-rules.ts'

/** From the third turn on, a store expects the header that it left. */
const WARM_TURNS = 3

/** Adds a turn to the conversation of the tests. */
type AddTurn = (memory: MemoryStore, turn: ConversationTurn) => Promise<unknown>

const ways: readonly { readonly way: string; readonly addTurn: AddTurn }[] = [
  { way: 'calls', addTurn: (memory, turn) => memory.addTurn(session, turn) },
  {
    way: 'steps',
    addTurn: (memory, turn) =>
      commitTogether({
        stepId: newEventId(),
        parts: { turn: memory.prepare.addTurn(session, turn) },
      }),
  },
]

const cases = sharedPlaces.flatMap((place) => ways.map((way) => ({ ...place, ...way })))

describe.each(cases)('a store that expects the header it left by $way, on $name', (each) => {
  const { open, addTurn } = each
  const addTurns = (memory: MemoryStore, count: number, last = 0) =>
    addNumbered((turn) => addTurn(memory, turn), count, last)

  test('adds a turn without reading the conversation', async () => {
    await using engine = await openEngine(await open())
    const database = new NamingDatabase(engine)
    await using memory = await openStore(database)
    await addTurns(memory, WARM_TURNS)
    database.names.length = 0

    await addTurns(memory, 2, WARM_TURNS)

    expect(database.names.filter((name) => name.startsWith('memory_lock'))).toEqual([])
    expect(database.names).not.toEqual([])
    expect(await namesOf(memory)).toEqual(numbered(WARM_TURNS + 2))
  })

  test('keeps the turns that another store added in between, in their order', async () => {
    await using pair = await openPair(await open())
    const { memory, other } = pair
    await addTurns(memory, WARM_TURNS)
    await addTurns(other, 1, WARM_TURNS)
    await addTurns(memory, 1, WARM_TURNS + 1)
    await addTurns(memory, 2, WARM_TURNS + 2)
    expect(await namesOf(memory)).toEqual(numbered(WARM_TURNS + 4))
  })

  test('begins a conversation again that another store deleted in between', async () => {
    await using pair = await openPair(await open())
    const { memory, other } = pair
    await addTurns(memory, WARM_TURNS)
    expect(await other.delete(session)).toBe(true)
    await addTurns(memory, 2)
    expect(await namesOf(other)).toEqual(numbered(2))
  })

  test('does not bring back a turn that another store forgot in between', async () => {
    await using pair = await openPair(await open())
    const { memory, other } = pair
    const turn = { ...numberedTurn('a', 0), turnId: newEventId() }
    await addTurn(memory, turn)
    await addTurns(memory, WARM_TURNS)
    expect(await other.forget(session, turn.turnId)).toBe('removed')
    await addTurn(memory, turn)
    await addTurns(memory, 1, WARM_TURNS)
    expect(await namesOf(memory)).toEqual(numbered(WARM_TURNS + 1))
  })

  test('adds nothing by the id of a turn that has left the header', async () => {
    await using engine = await openEngine(await open())
    await using memory = await openStore(engine)
    const first = { ...numberedTurn('a', 1), turnId: newEventId() }
    await addTurn(memory, first)
    await addTurns(memory, 200, 1)
    await addTurn(memory, first)
    await addTurns(memory, 1, 201)
    await addTurn(memory, first)
    expect(await namesOf(memory)).toEqual(numbered(202))
  })

  test('adds every turn once although the answer to each write is lost', async () => {
    await using engine = await openEngine(await open())
    await using memory = await openStore(new RepeatingDatabase(engine))
    await addTurns(memory, 150)
    expect(await namesOf(memory)).toEqual(numbered(150))
  })

  test('loses no turn of concurrent calls', async () => {
    await using pair = await openPair(await open())
    const { memory, other } = pair
    await addTurns(memory, WARM_TURNS)
    const adding = Array.from({ length: 20 }, async (_, index) => {
      const store = index % 4 === 0 ? other : memory
      await addTurn(store, numberedTurn('a', WARM_TURNS + 1 + index))
    })
    await Promise.all(adding)
    const names = await namesOf(memory)
    expect(names.toSorted()).toEqual(numbered(WARM_TURNS + 20).toSorted())
  })
})

describe.each(sharedPlaces)(
  'a step that is refused after it added a turn, on $name',
  ({ open }) => {
    test('adds nothing, and the next turns find the conversation as it is', async () => {
      await using engine = await openEngine(await open())
      await using memory = await openStore(engine)
      await using state = await openStateStore({ database: engine })
      const add = (turn: ConversationTurn) => memory.addTurn(session, turn)
      await addNumbered(add, WARM_TURNS)
      const slot = { identity: session, kind: 'note', bytes: Buffer.from('tea') }
      const refused = () =>
        commitTogether({
          stepId: newEventId(),
          parts: {
            turn: memory.prepare.addTurn(session, numberedTurn('a', WARM_TURNS + 1)),
            note: state.prepare.save(
              { ...slot, eventId: newEventId() },
              { ifEventId: newEventId() },
            ),
          },
        })
      for (let round = 0; round < 3; round += 1) {
        await expect(refused()).rejects.toMatchObject({ code: 'condition_failed' })
      }
      await addNumbered(add, 2, WARM_TURNS)
      expect(await namesOf(memory)).toEqual(numbered(WARM_TURNS + 2))
    })
  },
)

/** Keeps the names of the statements that were run. */
class NamingDatabase extends DelegatingDatabase {
  readonly names: string[] = []

  override changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    this.names.push(statement.name)
    return this.real.changes(statement, parameters)
  }

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return this.real.transaction(traits, (mayBeApplied) => this.#named(work(mayBeApplied)))
  }

  *#named<Result>(running: SqlWork<Result>): SqlWork<Result> {
    let step = running.next([])
    while (step.done !== true) {
      this.names.push(...step.value.map(({ statement }) => statement.name))
      step = running.next(yield step.value)
    }
    return step.value
  }
}

function openStore(database: SqlDatabase): Promise<MemoryStore> {
  return openMemoryStore({ database, strategy: 'truncation', bus: createEventBus() })
}

interface Pair extends AsyncDisposable {
  readonly memory: MemoryStore
  /** A store of another replica. */
  readonly other: MemoryStore
}

async function openPair(dsn: string): Promise<Pair> {
  const engines = [await openEngine(dsn), await openEngine(dsn)] as const
  const [memory, other] = [await openStore(engines[0]), await openStore(engines[1])]
  return {
    memory,
    other,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([memory.close(), other.close()])
      for (const engine of engines) await engine.close()
    },
  }
}

/** Adds turns, numbered from the one after `last`. */
async function addNumbered(
  add: (turn: ConversationTurn) => Promise<unknown>,
  count: number,
  last = 0,
): Promise<void> {
  for (let number = last + 1; number <= last + count; number += 1) {
    await add(numberedTurn('a', number))
  }
}

async function namesOf(memory: MemoryStore): Promise<string[]> {
  return rememberedNames(await memory.getLlmContext(session))
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `a${index + 1}`)
}
