import pg from 'pg'

/** The callback of a statement. */
export type AnswerStatement = (error: Error | null | undefined, result: pg.QueryResult) => void

/** A statement of a group. */
export interface GroupedStatement {
  readonly config: pg.QueryConfig
  readonly answer: AnswerStatement
}

/** The messages that a group sends on a connection. The types of pg describe an older release. */
interface Wire {
  readonly stream: pg.Connection['stream']
  readonly submittedNamedStatements: Record<string, string | undefined>
  parse(statement: { readonly text: string; readonly name: string }): void
  bind(portal: { readonly statement: string; readonly values: readonly unknown[] }): void
  execute(portal: { readonly portal: string }): void
  sync(): void
}

/** What pg calls on a query. Its types leave this out. */
interface Member {
  readonly name: string | undefined
  readonly text: string
  prepare(wire: Wire): void
  handleRowDescription(message: object): void
  handleDataRow(message: object): void
  handleCommandComplete(message: object, wire: Wire): void
  handleEmptyQuery(wire: Wire): void
  handleError(error: unknown, wire: Wire): void
  handleReadyForQuery(wire: Wire): void
}

/**
 * BEGIN and the first statements of a transaction, as one group of messages with one Sync at its
 * end. After an error the server skips the rest of a group. So if BEGIN fails, no statement runs
 * outside of the transaction, as one that was sent behind it by itself would.
 *
 * To pg the group is one query. It hands the answers on to its statements in their order.
 */
export class StatementGroup extends pg.Query {
  readonly #begin: string
  readonly #members: readonly Member[]
  /** The member that is answered next; -1 while BEGIN is not answered. */
  #next = -1

  constructor(begin: string, statements: readonly GroupedStatement[]) {
    super({ text: begin }, undefined, () => {})
    this.#begin = begin
    this.#members = statements.map(({ config, answer }) => memberOf(config, answer))
  }

  /** The name of the statement that the server parses, from which pg learns that it is prepared. */
  get name(): string | undefined {
    return this.#members[this.#next]?.name
  }

  /** Ignores the name that pg sets. */
  set name(_name: string | undefined) {}

  get text(): string {
    return this.#members[this.#next]?.text ?? this.#begin
  }

  /** Ignores the text that pg sets. */
  set text(_text: string) {}

  override submit = (connection: pg.Connection): void => {
    const wire = wireOf(connection)
    wire.stream.cork()
    try {
      wire.parse({ text: this.#begin, name: '' })
      wire.bind({ statement: '', values: [] })
      wire.execute({ portal: '' })
      // The same connection, except that it sends no Sync.
      const withoutSync: unknown = Object.create(wire, { sync: { value() {} } })
      for (const member of this.#members) member.prepare(withoutSync as Wire)
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
  }

  handleRowDescription(message: object): void {
    this.#members[this.#next]?.handleRowDescription(message)
  }

  handleDataRow(message: object): void {
    this.#members[this.#next]?.handleDataRow(message)
  }

  handleCommandComplete(message: object, wire: Wire): void {
    this.#members[this.#next]?.handleCommandComplete(message, wire)
    this.#next += 1
  }

  handleEmptyQuery(wire: Wire): void {
    this.#members[this.#next]?.handleEmptyQuery(wire)
    this.#next += 1
  }

  /**
   * Fails all statements: none of them will be committed. The one that the server refused is the
   * first, so that it says whose fault it is.
   */
  handleError(error: unknown, wire: Wire): void {
    const refused = this.#members[this.#next]
    const others = this.#members.filter((member) => member !== refused)
    for (const { name } of this.#members.slice(Math.max(this.#next, 0))) {
      // The server has skipped it, so it is not prepared on this connection.
      if (name !== undefined) delete wire.submittedNamedStatements[name]
    }
    refused?.handleError(error, wire)
    for (const member of others) member.handleError(error, wire)
  }

  handleReadyForQuery(wire: Wire): void {
    for (const member of this.#members) member.handleReadyForQuery(wire)
  }
}

/** Returns a query of pg with the methods that pg calls on it. */
function memberOf(config: pg.QueryConfig, answer: AnswerStatement): Member {
  const query: unknown = new pg.Query(config, undefined, answer)
  return query as Member
}

/** Returns a connection with the methods that pg 8.20 and newer have. */
function wireOf(connection: pg.Connection): Wire {
  const wire: unknown = connection
  return wire as Wire
}
