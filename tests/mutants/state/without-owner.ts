import type {
  CompiledSql,
  SqlDatabase,
  SqlStatement,
  SqlWork,
  TransactionTraits,
} from '@harborage/core/sql'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

/** A condition of a statement on a part of the owner. */
export interface OwnerCondition {
  readonly statement: string
  readonly column: string
  /** Which of the conditions on this column, from 0. */
  readonly occurrence: number
}

const COLUMNS = ['tenant_id', 'user_id', 'session_id', 'run_id'] as const

/** Returns every condition on a part of the owner in the statements, nested ones included. */
export function ownerConditions(statements: object): OwnerCondition[] {
  const found: OwnerCondition[] = []
  const values: readonly unknown[] = Object.values(statements)
  for (const value of values) {
    if (typeof value !== 'object' || value === null) continue
    if (!isStatement(value)) {
      found.push(...ownerConditions(value))
      continue
    }
    for (const column of COLUMNS) {
      const count = value.sql.split(conditionOn(column)).length - 1
      for (let occurrence = 0; occurrence < count; occurrence += 1) {
        found.push({ statement: value.name, column, occurrence })
      }
    }
  }
  return found
}

/** A database that leaves one condition out of one statement. */
export class WithoutOwnerDatabase extends DelegatingDatabase {
  readonly #condition: OwnerCondition
  readonly #broken = new Map<CompiledSql, CompiledSql>()

  constructor(real: SqlDatabase, condition: OwnerCondition) {
    super(real)
    this.#condition = condition
  }

  override rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    return super.rows(this.#break(statement), parameters)
  }

  override changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    return super.changes(this.#break(statement), parameters)
  }

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return super.transaction(traits, (mayBeApplied) => this.#breakAll(work(mayBeApplied)))
  }

  *#breakAll<Result>(work: SqlWork<Result>): SqlWork<Result> {
    let step = work.next([])
    while (step.done !== true) {
      const broken = step.value.map((each) => ({ ...each, statement: this.#break(each.statement) }))
      let answers
      try {
        answers = yield broken
      } catch (error) {
        step = work.throw(error)
        continue
      }
      step = work.next(answers)
    }
    return step.value
  }

  #break<Statement extends CompiledSql>(statement: Statement): Statement {
    if (statement.name !== this.#condition.statement) return statement
    const known = this.#broken.get(statement)
    const broken = known ?? { ...statement, sql: withoutCondition(statement.sql, this.#condition) }
    this.#broken.set(statement, broken)
    return broken as Statement
  }
}

function withoutCondition(text: string, { column, occurrence }: OwnerCondition): string {
  const condition = conditionOn(column)
  const parts = text.split(condition)
  const before = parts.slice(0, occurrence + 1).join(condition)
  return `${before}(${condition} or true)${parts.slice(occurrence + 1).join(condition)}`
}

function conditionOn(column: string): string {
  return `"${column}" = ?`
}

function isStatement(value: object): value is CompiledSql {
  return 'sql' in value && 'name' in value && typeof value.sql === 'string'
}
