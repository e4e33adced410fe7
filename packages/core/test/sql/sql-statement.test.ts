import { isHarborageError } from '@harborage/core'
import { compileStatement } from '@harborage/core/sql'
import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { describe, expect, test } from 'vitest'

interface Note {
  id: string
  text: string
  size: number
}

const builder = new Kysely<{ notes: Note }>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

describe('a compiled statement', () => {
  test('has its name, its SQL with placeholders, and none of the values', () => {
    const load = compileStatement(
      'load_note',
      ({ id }: Pick<Note, 'id'>) => builder.selectFrom('notes').select('text').where('id', '=', id),
      { repeat: 'reads' },
    )
    expect(load.name).toBe('load_note')
    expect(load.sql).toBe('select "text" from "notes" where "id" = ?')
    expect(load.bind({ id: "n1' or 1=1" })).toEqual(["n1' or 1=1"])
  })

  test('binds the values in the order of its placeholders, for any order in the call', () => {
    const save = compileStatement(
      'save_note',
      ({ id, text, size }: Note) => builder.insertInto('notes').values({ id, text, size }),
      { repeat: 'never' },
    )
    expect(save.bind({ size: 3, text: 'abc', id: 'n1' })).toEqual(['n1', 'abc', 3])
  })

  test('repeats a parameter that is used more than once', () => {
    const find = compileStatement(
      'find_note',
      ({ id, size }: Pick<Note, 'id' | 'size'>) =>
        builder
          .selectFrom('notes')
          .select('id')
          .where((where) => where.or([where('id', '=', id), where('text', '=', id)]))
          .where('size', '>', size)
          .where('id', '<>', id),
      { repeat: 'reads' },
    )
    expect(find.bind({ id: 'n1', size: 3 })).toEqual(['n1', 'n1', 3, 'n1'])
  })

  test('keeps the constants among the parameters where they are', () => {
    const grow = compileStatement(
      'grow_note',
      ({ id }: Pick<Note, 'id'>) =>
        builder
          .updateTable('notes')
          .set({ text: 'fixed', size: 7 })
          .where('id', '=', id)
          .where('size', '<', 100),
      { repeat: 'never' },
    )
    expect(grow.bind({ id: 'n1' })).toEqual(['fixed', 7, 'n1', 100])
  })

  test('may have no parameter at all', () => {
    const count = compileStatement(
      'count_notes',
      () => builder.selectFrom('notes').select(sql<number>`count(*)`.as('count')),
      { repeat: 'reads' },
    )
    expect(count.bind({})).toEqual([])
  })

  test('binds null, zero, false and empty values as they are', () => {
    const any = compileStatement(
      'any',
      (value: { a: unknown; b: unknown; c: unknown; d: unknown }) =>
        builder.selectNoFrom(
          sql<number>`f(${value.a}, ${value.b}, ${value.c}, ${value.d})`.as('f'),
        ),
      { repeat: 'reads' },
    )
    expect(any.bind({ a: null, b: 0, c: false, d: '' })).toEqual([null, 0, false, ''])
  })

  test('may be raw SQL that names its builder', () => {
    const raw = compileStatement(
      'raw',
      ({ id }: Pick<Note, 'id'>) => {
        const query = sql<{ text: string }>`select "text" from "notes" where "id" = ${id}`
        return { compile: () => query.compile(builder) }
      },
      { repeat: 'reads' },
    )
    expect(raw.sql).toBe('select "text" from "notes" where "id" = ?')
    expect(raw.bind({ id: 'n1' })).toEqual(['n1'])
  })

  test('of raw SQL by itself is invalid_config, which says how to write it', () => {
    // As from JavaScript: its compile needs a builder, so TypeScript rejects it.
    const raw = sql`select 1` as never
    let failure: unknown
    try {
      compileStatement('raw', () => raw, { repeat: 'reads' })
    } catch (error) {
      failure = error
    }
    expect(isHarborageError(failure, 'invalid_config')).toBe(true)
    expect(String(failure)).toContain('{ compile: () => raw.compile(builder) }')
  })

  test('binds each call by itself', () => {
    const load = compileStatement(
      'load_note',
      ({ id }: Pick<Note, 'id'>) => builder.selectFrom('notes').select('text').where('id', '=', id),
      { repeat: 'reads' },
    )
    const first = load.bind({ id: 'n1' })
    load.bind({ id: 'n2' })
    expect(first).toEqual(['n1'])
  })
})
