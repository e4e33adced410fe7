import type { Rule } from '../rule.ts'

const tableNames = ['state_records', 'artifacts_blobs', 'memory_state']

/** An engine serves every store alike: it names no table of one. */
export const enginesNameNoTable: Rule = (workspace) =>
  workspace.packages
    .filter(({ role }) => role === 'engine')
    .flatMap(({ files }) =>
      files.flatMap(({ path, source }) =>
        tableNames
          .filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(source))
          .map((name) => `${path} names the table ${name}: an engine package knows no table`),
      ),
    )
