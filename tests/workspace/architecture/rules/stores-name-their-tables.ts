import type { Rule } from '../rule.ts'

const tableNames = ['state_records', 'state_kinds', 'artifacts_blobs', 'memory_state']

/** Core and engines, dialects among them, serve every store alike: they name no table of one. */
export const storesNameTheirTables: Rule = (workspace) =>
  workspace.packages
    .filter(({ role }) => role === 'engine' || role === 'core')
    .flatMap(({ files }) =>
      files.flatMap(({ path, source }) =>
        tableNames
          .filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(source))
          .map((name) => `${path} names the table ${name}: only its store knows it`),
      ),
    )
