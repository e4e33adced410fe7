import {
  changeRows,
  compileStatement,
  requireSqlDatabase,
  selectRows,
  type SqlDatabase,
  type SqlStatement,
  type SqlWork,
} from '@harborage/core/sql'
import { openSqlite, type SqliteConfig } from '@harborage/driver-sqlite'
import { sql } from 'kysely'

interface Note {
  readonly id: string
}

/** A simple table, used through the engine port as a store uses it. */
export class Notes implements AsyncDisposable {
  readonly database: SqlDatabase
  readonly #insert: SqlStatement<Note, unknown>
  readonly #select: SqlStatement<object, Note>

  private constructor(database: SqlDatabase) {
    const db = database.builder.$extendTables<{ notes: Note }>()
    this.database = database
    this.#insert = compileStatement(
      'insert_note',
      ({ id }: Note) => db.insertInto('notes').values({ id }),
      { repeat: 'never' },
    )
    this.#select = compileStatement(
      'select_notes',
      () => db.selectFrom('notes').select('id').orderBy('id'),
      { repeat: 'reads' },
    )
  }

  static async open(config: SqliteConfig): Promise<Notes> {
    const notes = await Notes.unmade(config)
    await notes.make()
    return notes
  }

  /** Opens the database only: the table may not exist. */
  static async unmade(config: SqliteConfig): Promise<Notes> {
    return new Notes(requireSqlDatabase(await openSqlite(config)))
  }

  /** Opens the database and creates the table, as a store that applies its migrations would. */
  async make(): Promise<void> {
    await this.database.migrate({ name: 'notes', tables: [] }, (db) =>
      sql`create table if not exists notes (id text primary key)`.execute(db),
    )
  }

  /** Writes one note with one statement. */
  async write(id: string): Promise<void> {
    await this.database.changes(this.#insert, { id })
  }

  /** Writes several notes in one transaction. Resolves to the number of notes before. */
  writeAll(...ids: readonly string[]): Promise<number> {
    const select = this.#select
    const writing = (id: string): SqlWork<number> => this.writing(id)
    return this.database.transaction({ name: 'notes', repeat: 'never' }, function* () {
      const { length } = yield* selectRows(select, {})
      for (const id of ids) yield* writing(id)
      return length
    })
  }

  /** Writes one note within a transaction. */
  writing(id: string): SqlWork<number> {
    return changeRows(this.#insert, { id })
  }

  async ids(): Promise<string[]> {
    const rows = await this.database.rows(this.#select, {})
    return rows.map(({ id }) => id)
  }

  async pragma(name: string): Promise<unknown> {
    const { database } = this
    const statement = compileStatement(
      'pragma',
      () => ({
        compile: () => sql<object>`pragma ${sql.raw(name)}`.compile(database.builder),
      }),
      { repeat: 'reads' },
    )
    const [row] = await database.rows(statement, {})
    return Object.values(row ?? {})[0]
  }

  close(): Promise<void> {
    return this.database.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
