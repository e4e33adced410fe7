import { queryPostgres } from '@harborage/test-kit/postgres/query'

import { OVERWRITTEN } from './slot-callers.ts'

const slot = 'tenant_id, user_id, session_id, run_id, kind'

/**
 * Inserts records of an unused tenant into the tables of a version, like those that saves write.
 */
export async function fill(dsn: string, records: number): Promise<void> {
  const [{ kinds } = { kinds: false }] = await queryPostgres<{ kinds: boolean }>(
    dsn,
    `select to_regclass('state_kinds') is not null as kinds`,
  )
  // Row by row, the trigger would take longer than everything else of the round.
  await queryPostgres(
    dsn,
    `set session_replication_role = replica;
     insert into state_records (${slot}, event_id, version, updated_at, event_trail, bytes)
       select 'filled', 'ann', 's' || n % 1000, '', 'kind.' || n, 'event ' || n, 0, 0, '',
         decode(repeat(md5(n::text), 3), 'hex')
       from generate_series(1, ${records}) as n;
     ${kinds ? `insert into state_kinds select ${slot} from state_records where tenant_id = 'filled'` : ''}`,
  )
}

/**
 * Resolves to what is wrong with the table of kinds, which has to hold just the slots there are.
 */
export async function checkKinds(dsn: string, records: number): Promise<readonly string[]> {
  const [row] = await queryPostgres<{ filled: number; unlisted: number; left: number }>(
    dsn,
    `select
      (select count(*)::int from state_records where tenant_id = 'filled') as filled,
      (select count(*)::int from (select ${slot} from state_records except select ${slot} from state_kinds) as a)
        as unlisted,
      (select count(*)::int from (select ${slot} from state_kinds except select ${slot} from state_records) as b)
        as left`,
  )
  if (row === undefined) throw new Error('one row tells it')
  return [
    ...(row.filled === records ? [] : [`${records - row.filled} records are gone that were there`]),
    ...(row.unlisted === 0 ? [] : [`${row.unlisted} slots are left out of listKind`]),
    ...(row.left === 0 ? [] : [`${row.left} kinds are listed of slots that are empty`]),
  ]
}

/**
 * Resolves to what is wrong with the dates of filled slots. Replicas of a version that knows them
 * keep the date of the first save, and those of an earlier one save none.
 *
 * @param isKnown Whether the replicas of the earlier version know the dates.
 */
export async function checkDates(dsn: string, isKnown: boolean): Promise<readonly string[]> {
  const undated = isKnown ? 'false' : "session_id like 'old%'"
  const [row] = await queryPostgres<{ dated: number; moved: number }>(
    dsn,
    `select
      (count(*) filter (where ${undated} and created_at <> ${Number.MIN_SAFE_INTEGER}))::int as dated,
      (count(*) filter (where not (${undated}) and updated_at > 3 and created_at > updated_at / 2))::int
        as moved
     from state_records where kind = '${OVERWRITTEN}'`,
  )
  if (row === undefined) throw new Error('one row tells it')
  return [
    ...(row.dated === 0 ? [] : [`${row.dated} slots have a date that no replica has saved`]),
    ...(row.moved === 0 ? [] : [`${row.moved} slots forget when they were filled`]),
  ]
}

/** Resolves to how many migrations of the state store are applied. */
export async function versionOf(dsn: string): Promise<number> {
  const rows = await queryPostgres(dsn, 'select from harbor_state_migrations')
  return rows.length
}
