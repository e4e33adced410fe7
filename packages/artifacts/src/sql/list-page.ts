import { fillPage, type SqlDatabase } from '@harborage/core/sql'
import type { ArtifactPage } from '../artifact-driver.ts'
import type { ArtifactRef, RefPlace } from '../artifact.ts'
import type { FilterColumn, ListShape, ListStatements, PageParameters } from './list-statements.ts'
import {
  refOf,
  scopeColumns,
  type KeyColumns,
  type PagedRefColumns,
  type RefColumns,
} from './rows.ts'

/** Reads a page of a list. */
export async function readListPage(
  database: SqlDatabase,
  statements: ListStatements,
  page: ArtifactPage,
): Promise<readonly ArtifactRef[]> {
  const filtered = filteredColumns(page)
  const rows = await fillPage(page, {
    read(last: PagedRefColumns | undefined, limit, inlineBytes) {
      const { shape, at } = rangeOf(page, filtered, last)
      return database.rows(statements.for(shape).page, { ...at, limit, inline_bytes: inlineBytes })
    },
    async readSizes(last, limit) {
      const { shape, at } = rangeOf(page, filtered, last)
      const sizes = { ...at, limit, inline_bytes: 0 }
      return (await database.rows(statements.for(shape).sizes, sizes)).map(({ size }) => size)
    },
    isWhole: (row: PagedRefColumns): row is PagedRefColumns & RefColumns =>
      row.source_json !== null,
    bytesOf: ({ source_json: source }) => Buffer.byteLength(source),
  })
  return rows.map(refOf)
}

function filteredColumns(page: ArtifactPage): ReadonlySet<FilterColumn> {
  const filter = new Map<FilterColumn, string | undefined>([
    ['tenant_id', page.tenantId],
    ['user_id', page.userId],
    ['session_id', page.sessionId],
    ['task_id', page.taskId],
    ['namespace', page.namespace],
  ])
  for (const [column, value] of filter) if (value === undefined) filter.delete(column)
  return new Set(filter.keys())
}

/** The place before every other one. */
const FIRST: KeyColumns = {
  tenant_id: '',
  user_id: '',
  session_id: '',
  task_id: '',
  namespace: '',
  id: '',
}

/**
 * Returns the statement and the ends of a page that continues after the last row read, or after the
 * last ref of the previous page.
 */
function rangeOf(
  page: ArtifactPage,
  filtered: ReadonlySet<FilterColumn>,
  last: PagedRefColumns | undefined,
): {
  readonly shape: ListShape
  readonly at: Omit<PageParameters, 'limit' | 'inline_bytes'>
} {
  const { order } = page
  const [after, from, to] = [last ?? placed(page.after), placed(page.from), placed(page.to)]
  const isAscending = order === 'ascending'
  const continues = isAscending && after !== undefined
  const lower = continues ? after : from
  const upper = isAscending ? to : (after ?? to)
  return {
    shape: {
      filtered,
      order,
      includesLower: !continues && from !== undefined,
      hasUpper: upper !== undefined,
      hasExpired: page.visibility === 'all',
    },
    at: {
      tenant_id: page.tenantId ?? '',
      user_id: page.userId ?? '',
      session_id: page.sessionId ?? '',
      task_id: page.taskId ?? '',
      namespace: page.namespace ?? '',
      id: '',
      ...lowerEnd(lower ?? FIRST),
      ...upperEnd(upper ?? FIRST),
    },
  }
}

function placed(place: RefPlace | undefined): KeyColumns | undefined {
  if (place === undefined) return undefined
  const { scope, namespace, id } = place
  return { ...scopeColumns(scope), namespace, id }
}

function lowerEnd(at: KeyColumns) {
  return {
    lower_tenant_id: at.tenant_id,
    lower_user_id: at.user_id,
    lower_session_id: at.session_id,
    lower_task_id: at.task_id,
    lower_namespace: at.namespace,
    lower_id: at.id,
  }
}

function upperEnd(at: KeyColumns) {
  return {
    upper_tenant_id: at.tenant_id,
    upper_user_id: at.user_id,
    upper_session_id: at.session_id,
    upper_task_id: at.task_id,
    upper_namespace: at.namespace,
    upper_id: at.id,
  }
}
