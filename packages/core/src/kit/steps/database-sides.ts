import type { Database } from '../../database.ts'
import type { StepSide } from './step-side.ts'

/** A statement of the application, with the values of its parameters. */
export interface AppStatement {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** The sides of databases that run statements of the application. */
const sides = new WeakMap<Database, StepSide<AppStatement, number>>()

/** Sets the side of a database that runs statements of the application in steps. */
export function setAppRowsSide(database: Database, side: StepSide<AppStatement, number>): void {
  sides.set(database, side)
}

/** Returns that side, or `undefined` if no store that takes part in steps was opened on it. */
export function appRowsSide(database: Database): StepSide<AppStatement, number> | undefined {
  return sides.get(database)
}
