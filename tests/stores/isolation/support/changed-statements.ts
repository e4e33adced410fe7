import type {
  CompiledSql,
  SqlDatabase,
  SqlStatement,
  SqlWork,
  TransactionTraits,
} from '@harborage/core/sql'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

/** A database that runs other statements in place of those that it is given. */
abstract class ChangedStatements extends DelegatingDatabase {
  /** Returns the statement to run. */
  protected abstract change<Statement extends CompiledSql>(statement: Statement): Statement

  override rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    return super.rows(this.change(statement), parameters)
  }

  override changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    return super.changes(this.change(statement), parameters)
  }

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return super.transaction(traits, (mayBeApplied) => this.#changeAll(work(mayBeApplied)))
  }

  *#changeAll<Result>(work: SqlWork<Result>): SqlWork<Result> {
    let step = work.next([])
    while (step.done !== true) {
      const changed = step.value.map((each) => ({
        ...each,
        statement: this.change(each.statement),
      }))
      let answers
      try {
        answers = yield changed
      } catch (error) {
        step = work.throw(error)
        continue
      }
      step = work.next(answers)
    }
    return step.value
  }
}

/** A database that keeps the SQL of the statements that it runs, by their names. */
export class RecordedStatements extends ChangedStatements {
  readonly ran = new Map<string, string>()

  protected override change<Statement extends CompiledSql>(statement: Statement): Statement {
    this.ran.set(statement.name, statement.sql)
    return statement
  }
}

/** A part of the owner that one statement leaves out. */
export interface LeftOut {
  readonly statement: string
  readonly column: string
}

const COLUMNS = ['tenant_id', 'user_id', 'session_id', 'run_id', 'task_id'] as const

/** Returns the parts of the owner that statements have a condition on. */
export function partsOfOwner(ran: ReadonlyMap<string, string>): LeftOut[] {
  return [...ran].flatMap(([statement, sql]) =>
    // What is kept of steps is no store's: the suite of steps checks it.
    (statement.startsWith('steps_') ? [] : COLUMNS)
      .filter((column) => withoutPart(sql, column) !== sql)
      .map((column) => ({
        statement,
        column,
      })),
  )
}

/** A database that leaves a part of the owner out of the conditions of one statement. */
export class WithoutPart extends ChangedStatements {
  readonly #leftOut: LeftOut

  constructor(real: SqlDatabase, leftOut: LeftOut) {
    super(real)
    this.#leftOut = leftOut
  }

  protected override change<Statement extends CompiledSql>(statement: Statement): Statement {
    if (statement.name !== this.#leftOut.statement) return statement
    return { ...statement, sql: withoutPart(statement.sql, this.#leftOut.column) }
  }
}

/**
 * Returns the SQL of a statement whose conditions on a column are met by every row. They are
 * comparisons with a parameter or another row, and for runs also those with a kind.
 */
function withoutPart(sql: string, column: string): string {
  // The parameter stays, so that the others keep their places.
  const condition = new RegExp(
    `(?:"?\\w+"?\\.)?"${column}" = (?:\\+?\\?|(?!"?excluded)"?\\w+"?\\."${column}")`,
    'g',
  )
  const withKind = new RegExp(`\\("${column}", "kind"\\) (>=|<) \\(\\+?\\?, \\+?\\?\\)`, 'g')
  return sql.replace(condition, '($& or true)').replace(withKind, 'iif(true, "kind", ?) $1 ?')
}
