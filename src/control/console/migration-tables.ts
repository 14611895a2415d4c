// Where tools for migrations record what they have carried out. Only tables are read whose columns fit: many tools share a
// table's name.

export interface MigrationTable {
  /** As its users call it. */
  tool: string
  table: string
  /** What a migration is called by, joined by `between`. */
  name: readonly string[]
  between?: string
  /** Where that is no name for people. */
  show?: (parts: string[]) => string
  /** In which order they were carried out; undefined: by name. */
  order?: string
  /** Rows that count: others failed, or were taken back. */
  only?: readonly (readonly [column: string, is: 'true' | 'null' | 'not null'])[]
  /** Columns that it has as well, by which it is told from others of its name. */
  also?: readonly string[]
  /** A table that stands in the same schema. */
  beside?: string
}

/** The first that fits a table is taken for it. */
export const migrationTables: readonly MigrationTable[] = [
  { tool: 'Django', table: 'django_migrations', name: ['app', 'name'], between: '.', order: 'id' },
  {
    tool: 'Prisma',
    table: '_prisma_migrations',
    name: ['migration_name'],
    order: 'started_at',
    only: [
      ['finished_at', 'not null'],
      ['rolled_back_at', 'null'],
    ],
  },
  { tool: 'Drizzle', table: '__drizzle_migrations', name: ['name'], order: 'id', also: ['hash'] },
  {
    ...{ tool: 'Drizzle', table: '__drizzle_migrations', name: ['created_at', 'hash'], order: 'id' },
    show: ([madeMs = '', hash = '']) => `${dayOf(Number(madeMs))} (${hash.slice(0, 8)})`,
  },
  { tool: 'golang-migrate', table: 'schema_migrations', name: ['version'], also: ['dirty'] },
  { tool: 'Ecto', table: 'schema_migrations', name: ['version'], also: ['inserted_at'] },
  {
    ...{ tool: 'Supabase', table: 'schema_migrations', name: ['version', 'name'], between: '_' },
    also: ['statements'],
  },
  { tool: 'Rails', table: 'schema_migrations', name: ['version'], beside: 'ar_internal_metadata' },
  // dbmate's, and that of some that are older.
  { tool: 'dbmate', table: 'schema_migrations', name: ['version'] },
  { tool: 'Alembic', table: 'alembic_version', name: ['version_num'] },
  {
    ...{ tool: 'Flyway', table: 'flyway_schema_history', name: ['version', 'description'] },
    order: 'installed_rank',
    only: [['success', 'true']],
  },
  {
    tool: 'Liquibase',
    table: 'databasechangelog',
    name: ['filename', 'id', 'author'],
    between: '::',
    order: 'orderexecuted',
  },
  { tool: 'Knex', table: 'knex_migrations', name: ['name'], order: 'id', also: ['batch'] },
  { tool: 'Laravel', table: 'migrations', name: ['migration'], order: 'id', also: ['batch'] },
  { tool: 'TypeORM', table: 'migrations', name: ['name'], order: 'id', also: ['timestamp'] },
  {
    ...{ tool: 'goose', table: 'goose_db_version', name: ['version_id'], order: 'id' },
    only: [['is_applied', 'true']],
  },
  {
    ...{ tool: 'SQLx', table: '_sqlx_migrations', name: ['version', 'description'], order: 'version' },
    only: [['success', 'true']],
  },
  { tool: 'Sequelize', table: 'SequelizeMeta', name: ['name'] },
  { tool: 'MikroORM', table: 'mikro_orm_migrations', name: ['name'], order: 'id' },
  { tool: 'Entity Framework', table: '__EFMigrationsHistory', name: ['MigrationId'] },
  { tool: 'Diesel', table: '__diesel_schema_migrations', name: ['version'] },
  { tool: 'SeaORM', table: 'seaql_migrations', name: ['version'] },
  { tool: 'Refinery', table: 'refinery_schema_history', name: ['version', 'name'], order: 'version' },
  { tool: 'Doctrine', table: 'doctrine_migration_versions', name: ['version'] },
  { tool: 'Phinx', table: 'phinxlog', name: ['version', 'migration_name'], order: 'version' },
  { tool: 'node-pg-migrate', table: 'pgmigrations', name: ['name'], order: 'id' },
  { tool: 'Kysely', table: 'kysely_migration', name: ['name'] },
  { tool: 'Atlas', table: 'atlas_schema_revisions', name: ['version', 'description'] },
  { tool: 'yoyo', table: '_yoyo_migration', name: ['migration_id'], order: 'applied_at_utc' },
]

function dayOf(ms: number): string {
  const at = new Date(ms)
  return Number.isNaN(at.getTime()) ? 'undated' : at.toISOString().slice(0, 19).replace('T', ' ')
}
