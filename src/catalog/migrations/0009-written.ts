import { type Kysely, sql } from 'kysely'

/**
 * Each row that is written is told to the connection that it came by, if that has asked for it: see catalog/written.ts.
 * How a row names its project:
 */
const projectOf = {
  projects: 'one.id',
  branches: 'one.project_id',
  endpoints: 'one.project_id',
  operations: 'one.project_id',
  snapshots: 'one.project_id',
  // Those that go with their branch may be asked about it too late: then they are anybody's.
  roles: '(select branches.project_id from branches where branches.id = one.branch_id)',
  databases: '(select branches.project_id from branches where branches.id = one.branch_id)',
}

/**
 * Computes that are awake have columns that are set again and again (`last_active_at`, `counted_until`), and are no news to
 * anybody. Compared one by one: a wake comes through here.
 */
const remarkableColumns = ['state', 'updated_at', 'deleted_at', 'disabled', 'settings', 'branch_id', 'name']

const remarkable: Record<string, string> = {
  endpoints: `when ((${remarkableColumns.map(name => `old.${name}`).join()}) is distinct from
    (${remarkableColumns.map(name => `new.${name}`).join()}))`,
}

export async function up(db: Kysely<unknown>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  for (const [table, project] of Object.entries(projectOf)) {
    await run(`
      create function ${table}_written() returns trigger language plpgsql as $$
      declare
        one record;
      begin
        if current_setting('pilotlight.written', true) = 'on' then
          if tg_op = 'DELETE' then one := old; else one := new; end if;
          raise info using message = '${table} ' || coalesce(${project}, '*'), errcode = 'PLWRT';
        end if;
        return null;
      end $$`)
    await run(`create trigger written after insert or delete on ${table}
      for each row execute function ${table}_written()`)
    await run(`create trigger rewritten after update on ${table}
      for each row ${remarkable[table] ?? ''} execute function ${table}_written()`)
  }
  // Of keys it is their end that others wait for.
  await run(`
    create function api_keys_written() returns trigger language plpgsql as $$
    begin
      if current_setting('pilotlight.written', true) = 'on' then
        raise info using message = 'api_keys *', errcode = 'PLWRT';
      end if;
      return null;
    end $$`)
  await run(`create trigger written after delete on api_keys
    for each row execute function api_keys_written()`)
}
