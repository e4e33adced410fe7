import type { EngineName } from '../measure/benchmark.ts'

export const ENGINE_TITLES: Readonly<Record<EngineName, string>> = {
  sqlite: 'SQLite',
  postgres: 'Postgres',
}
