import type { SchemaChange, StoredTrigger } from '@harborage/core/sql'
import { sql, type CreateTableBuilder } from 'kysely'
import { slot } from './row-columns.ts'

/** The triggers that keep the table of kinds. */
export const kindTriggers: readonly StoredTrigger[] = [
  { table: 'state_records', name: 'state_kinds_keep' },
  { table: 'state_records', name: 'state_kinds_keep_none' },
]

type Database = Parameters<SchemaChange>[0]

/**
 * Where a save would write to every index of its table, the one by kind moves to a table of its own, `state_kinds`,
 * which says just which slots there are. Triggers keep it, so that no other statement has to know: saving into a slot
 * that holds something already does not touch it.
 */
export async function moveKindsToTheirTable(
  ...[db, traits, schema]: Parameters<SchemaChange>
): ReturnType<SchemaChange> {
  if (!traits.updatesWriteEveryIndex) return
  await createKindsTable(db, traits.nameType)
  await keepByTriggers(db, schema)
  // Nobody saves in between: whoever makes a trigger keeps all others from writing.
  const columns = sql.join(slot.map((column) => sql.ref(column)))
  await sql`insert into ${named(schema, 'state_kinds')} (${columns})
    select ${columns} from ${named(schema, 'state_records')}`.execute(db)
  await db.schema.dropIndex('state_records_kind_idx').execute()
}

async function createKindsTable(db: Database, nameType: string): Promise<void> {
  const name = sql.raw(nameType)
  let table: CreateTableBuilder<string, string> = db.schema.createTable('state_kinds')
  for (const column of slot) table = table.addColumn(column, name, (built) => built.notNull())
  await table.addPrimaryKeyConstraint('state_kinds_pkey', [...slot]).execute()
  await db.schema
    .createIndex('state_kinds_kind_idx')
    .on('state_kinds')
    .columns(['kind', 'tenant_id', 'user_id', 'session_id', 'run_id'])
    .execute()
}

/** The function has its owner's rights, so that who may write records need not be allowed to write here. */
async function keepByTriggers(db: Database, schema: string | undefined): Promise<void> {
  const kinds = named(schema, 'state_kinds')
  const records = named(schema, 'state_records')
  const keep = named(schema, 'state_kinds_keep')
  const columns = sql.join(slot.map((column) => sql.ref(column)))
  const inserted = sql.join(slot.map((column) => sql.ref(`new.${column}`)))
  const deleted = sql.join(slot.map((column) => sql.ref(`old.${column}`)))
  const body = sql`begin
      case tg_op
        when 'INSERT' then insert into ${kinds} (${columns}) values (${inserted});
        when 'DELETE' then delete from ${kinds} where (${columns}) = (${deleted});
        when 'TRUNCATE' then truncate ${kinds};
      end case;
      return null;
    end`.compile(db)
  // Not between dollars: what stands there as the end could be a part of the schema's name.
  await sql`create function ${keep}() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as ${sql.lit(body.sql)}`.execute(db)
  await sql`revoke execute on function ${keep}() from public`.execute(db)
  await sql`create trigger state_kinds_keep after insert or delete on ${records}
    for each row execute function ${keep}()`.execute(db)
  await sql`create trigger state_kinds_keep_none after truncate on ${records}
    for each statement execute function ${keep}()`.execute(db)
}

/** A name in the schema of the tables, for SQL that Kysely does not write. */
export function named(schema: string | undefined, name: string): ReturnType<typeof sql.id> {
  return schema === undefined ? sql.id(name) : sql.id(schema, name)
}
