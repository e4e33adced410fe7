import { parseSync } from 'oxc-parser'

import type { Rule } from '../rule.ts'
import type { SourceFile } from '../workspace.ts'

const dialects = 'packages/core/src/sql/dialects/'

/** What one engine knows and another one does not, or writes in another way. */
const ofOneEngine: readonly RegExp[] = [
  /\bpg_\w+/,
  /\bsqlite_\w+/,
  /\b(?:instr|strpos|to_json|unnest|cardinality|set_config|to_regclass)\s*\(/,
  /\b(?:encode|decode)\s*\([^)]*'base64'/,
  /\bfor (?:update|share)\b/i,
  /\.(?:forUpdate|forShare|innerJoinLateral|leftJoinLateral)\(/,
  /\bcollate\b/i,
  /\bbytea\b/i,
  /['"` ]blob['"` ]/i,
  /::\w+|\w\[\]::|\b(?:text|bigint)\[\]['"`)]/,
  /\b(?:any|all)\(\$\{/,
  /\bcreate (?:or replace )?(?:function|trigger)\b/i,
  /\bplpgsql\b/i,
  /\bpragma\b/i,
  /\bengine\s*[!=]==\s*['"`]/,
]

/**
 * What differs between SQL engines is asked of the dialect: a store does not know which engine it
 * is on.
 */
export const dialectsKeepTheirSql: Rule = (workspace) =>
  workspace.packages
    .filter(({ role }) => role === 'core' || role === 'store')
    .flatMap((owner) =>
      owner.files
        .filter(
          ({ path }) => path.startsWith(`${owner.folder}/src/sql/`) && !path.startsWith(dialects),
        )
        .flatMap(foundIn),
    )

function foundIn(file: SourceFile): string[] {
  return withoutComments(file)
    .split('\n')
    .flatMap((line, index) => {
      const [found] = ofOneEngine.flatMap((pattern) => pattern.exec(line)?.[0] ?? [])
      return found === undefined
        ? []
        : [`${file.path}:${index + 1} has "${found}", which is of one engine: ask the dialect`]
    })
}

/** Returns the source with a space for each character of a comment. */
function withoutComments({ path, source }: SourceFile): string {
  let code = source
  for (const { start, end } of parseSync(path, source).comments) {
    code = code.slice(0, start) + code.slice(start, end).replaceAll(/[^\n]/g, ' ') + code.slice(end)
  }
  return code
}
