/** How a statement refers to a table, after the schema: `from "a"`, `join "a"`, `update "a"`. */
const REFERENCE = /\b(from|join|update|into) (?:"\w+"\.)?"(\w+)"/g

/** The name of a query within: `with "a" as`, `with recursive "a" ("kind") as`, `), "b" as (`. */
const NAMED = /(?:\bwith (?:recursive )?|\), )"(\w+)" (?:\([^)]*\) )?as \(/g

/** A comparison of the tenant with a parameter, or with that of a row which was found before. */
const BOUND = /"tenant_id" = (?:\+?\?|\$\d+(?:::text)?|"?\w+"?\."?tenant_id"?)/

/** A comparison of a whole key with the keys that a statement is asked for. */
const ASKED = /\("tenant_id", "[^()]*"\) in \(select \* from asked\)/

/**
 * Returns the references to tables in an SQL statement that do not bind the tenant: a row of
 * another tenant could be read or changed through them.
 *
 * @param tables The tables whose rows belong to tenants.
 * @param indexes Indexes of words, which know no tenant. Each may only say which rows of its table,
 * which binds the tenant, have a word. Default: none.
 */
export function tenantFaults(
  text: string,
  tables: ReadonlySet<string>,
  indexes: ReadonlyMap<string, string> = new Map(),
): string[] {
  const sql = text.replace(/\s+/g, ' ')
  const named = new Set(Array.from(sql.matchAll(NAMED), ([, name = '']) => name))
  return [...sql.matchAll(REFERENCE)].flatMap(({ 0: reference, 1: verb, 2: table = '', index }) => {
    if (named.has(table) || /^harbor_\w+_migrations$/.test(table)) return []
    const indexed = indexes.get(table)
    if (indexed !== undefined) {
      const isOfRow = sql.slice(0, index).endsWith(`"${indexed}"."id" in (select rowid `)
      return isOfRow ? [] : [`${reference} does not choose among rows of ${indexed}`]
    }
    if (!tables.has(table)) return [`${reference}: no table of a store is named so`]
    const rest = levelFrom(sql, index + reference.length)
    const isBound = verb === 'into' ? insertsTenant(rest) : bindsTenant(rest)
    return isBound ? [] : [`${reference} does not bind tenant_id`]
  })
}

/** Returns the text up to the end of the parentheses or of the query in which a position is. */
function levelFrom(sql: string, from: number): string {
  let depth = 0
  for (let at = from; at < sql.length; at += 1) {
    if (sql[at] === '(') depth += 1
    else if (sql[at] === ')') depth -= 1
    if (depth < 0 || (depth === 0 && sql.startsWith(' union ', at))) return sql.slice(from, at)
  }
  return sql.slice(from)
}

/** Returns whether an insert names the tenant, and meets conflicts by keys that begin with it. */
function insertsTenant(rest: string): boolean {
  const target = / on conflict (?:\(([^)]*)\)|do nothing)/.exec(rest)
  return (
    rest.startsWith(' ("tenant_id", ') && (target?.[1] ?? '"tenant_id"').startsWith('"tenant_id"')
  )
}

/** Returns whether the condition of a query compares the tenant, and not in one case of several. */
function bindsTenant(rest: string): boolean {
  let condition = / where (.*)$/s.exec(rest)?.[1] ?? ''
  if (ASKED.test(condition)) return !/\bor\b/.test(condition)
  for (let before = ''; before !== condition;) {
    before = condition
    // Alternatives and queries within the condition do not restrict it.
    condition = before.replace(
      /(\bnot )?\(([^()]*)\)/g,
      (_, not: string | undefined, inner: string) =>
        not !== undefined || /\b(?:or|not|select)\b/.test(inner) ? '' : inner,
    )
  }
  return BOUND.test(condition) && !/\bor\b/.test(condition)
}
