import type { SchemaChange } from '@harborage/core/sql'
import { sql } from 'kysely'
import { named } from './kinds-table.ts'
import { slot } from './row-columns.ts'

/**
 * The function that keeps the kinds had the name of the schema inside, which is another one after a rename, or where a
 * copy was restored: kinds of new slots went to the other schema or nowhere. Now it asks where its table is. Kinds that
 * went astray are put right.
 */
export const keepKindsInAnySchema: SchemaChange = async (db, traits, schema) => {
  if (!traits.updatesWriteEveryIndex) return
  const records = named(schema, 'state_records')
  const kinds = named(schema, 'state_kinds')
  const keep = named(schema, 'state_kinds_keep')
  await sql`create or replace function ${keep}() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as ${sql.lit(body)}`.execute(db)
  await sql`revoke execute on function ${keep}() from public`.execute(db)
  // In a copy they may call the function of the schema that was copied.
  await sql`drop trigger if exists state_kinds_keep on ${records}`.execute(db)
  await sql`drop trigger if exists state_kinds_keep_none on ${records}`.execute(db)
  await sql`create trigger state_kinds_keep after insert or delete on ${records}
    for each row execute function ${keep}()`.execute(db)
  await sql`create trigger state_kinds_keep_none after truncate on ${records}
    for each statement execute function ${keep}()`.execute(db)
  // Nobody saves in between: whoever makes a trigger keeps all others from writing.
  const columns = sql.join(slot.map((column) => sql.ref(column)))
  const isSame = sql.join(
    slot.map((column) => sql`record.${sql.ref(column)} = kind.${sql.ref(column)}`),
    sql` and `,
  )
  await sql`delete from ${kinds} as kind
    where not exists (select from ${records} as record where ${isSame})`.execute(db)
  await sql`insert into ${kinds} (${columns}) select ${columns} from ${records} as record
    where not exists (select from ${kinds} as kind where ${isSame})`.execute(db)
}

const columns = slot.join(', ')
const inserted = slot.map((column) => `new.${column}`).join(', ')
const deleted = slot.map((column) => `old.${column}`).join(', ')

/**
 * Looks for its table in the schema of the records only. The path ends with the function; a statement that names the
 * schema would have to be planned for each row. Where the table is gone, one of the session could be taken for it, which
 * may run anything with the rights of the function's owner.
 */
const body = `begin
  if pg_catalog.to_regclass(pg_catalog.format('%I.state_kinds', tg_table_schema)) is null then
    raise undefined_table using message = 'the table state_kinds is gone';
  end if;
  perform pg_catalog.set_config('search_path',
    pg_catalog.quote_ident(tg_table_schema) || ', pg_temp', true);
  case tg_op
    when 'INSERT' then insert into state_kinds (${columns}) values (${inserted});
    when 'DELETE' then delete from state_kinds where (${columns}) = (${deleted});
    when 'TRUNCATE' then truncate state_kinds;
  end case;
  return null;
end`
