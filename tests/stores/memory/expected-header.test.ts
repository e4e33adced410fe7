import { createEventBus, newEventId } from '@harborage/core'
import type { SqlDatabase, SqlStatement, SqlWork, TransactionTraits } from '@harborage/core/sql'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { describe, expect, test } from 'vitest'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { numberedTurn, rememberedNames } from './support/numbered-turns.ts'
import { openEngine } from './support/open-engine.ts'
import { sharedPlaces } from './support/places.ts'
import { RepeatingDatabase } from './support/repeating-database.ts'
import { session } from './support/replica-rules.ts'

/** From the third turn on, a store expects the header that it left. */
const WARM_TURNS = 3

describe.each(sharedPlaces)('a store that expects the header it left, on $name', ({ open }) => {
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
    await memory.addTurn(session, turn)
    await addTurns(memory, WARM_TURNS)
    expect(await other.forget(session, turn.turnId)).toBe('removed')
    await memory.addTurn(session, turn)
    await addTurns(memory, 1, WARM_TURNS)
    expect(await namesOf(memory)).toEqual(numbered(WARM_TURNS + 1))
  })

  test('adds nothing by the id of a turn that has left the header', async () => {
    await using engine = await openEngine(await open())
    await using memory = await openStore(engine)
    const first = { ...numberedTurn('a', 1), turnId: newEventId() }
    await memory.addTurn(session, first)
    await addTurns(memory, 200, 1)
    await memory.addTurn(session, first)
    await addTurns(memory, 1, 201)
    await memory.addTurn(session, first)
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
      await store.addTurn(session, numberedTurn('a', WARM_TURNS + 1 + index))
    })
    await Promise.all(adding)
    const names = await namesOf(memory)
    expect(names.toSorted()).toEqual(numbered(WARM_TURNS + 20).toSorted())
  })
})

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
async function addTurns(memory: MemoryStore, count: number, last = 0): Promise<void> {
  for (let number = last + 1; number <= last + count; number += 1) {
    await memory.addTurn(session, numberedTurn('a', number))
  }
}

async function namesOf(memory: MemoryStore): Promise<string[]> {
  return rememberedNames(await memory.getLlmContext(session))
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `a${index + 1}`)
}
