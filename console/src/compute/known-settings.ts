// Settings of Postgres that people choose, for a form to help with: the others are taken by their names, and what a value
// may be is Postgres's to say.

export interface KnownSetting {
  name: string
  /** What the value is, as a form asks for it. */
  kind: 'on or off' | 'size' | 'time' | 'number' | 'text' | readonly string[]
  text: string
  /** Only a start takes it up. */
  atStart?: true
  /** The manual's page, `runtime-config-…`. */
  page: string
}

const levels = ['debug1', 'log', 'notice', 'warning', 'error'] as const

export const knownSettings: readonly KnownSetting[] = [
  {
    ...{ name: 'shared_buffers', kind: 'size', atStart: true, page: 'resource' },
    text: 'Memory for pages of tables. Each wake sets it up.',
  },
  {
    ...{ name: 'work_mem', kind: 'size', page: 'resource' },
    text: 'For each sort and hash, before it goes to disk.',
  },
  {
    ...{ name: 'maintenance_work_mem', kind: 'size', page: 'resource' },
    text: 'For vacuum and the making of indexes.',
  },
  {
    ...{ name: 'hash_mem_multiplier', kind: 'number', page: 'resource' },
    text: 'How much more than work_mem hashes get.',
  },
  {
    ...{ name: 'temp_file_limit', kind: 'size', page: 'resource' },
    text: 'What a session may write to temporary files.',
  },
  {
    ...{ name: 'effective_io_concurrency', kind: 'number', page: 'resource' },
    text: 'How many reads the disk takes at once.',
  },
  {
    ...{ name: 'max_worker_processes', kind: 'number', atStart: true, page: 'resource' },
    text: 'Of parallel queries and extensions, together.',
  },
  {
    ...{ name: 'max_parallel_workers', kind: 'number', page: 'resource' },
    text: 'Of parallel queries, together.',
  },
  {
    ...{ name: 'max_parallel_workers_per_gather', kind: 'number', page: 'resource' },
    text: 'Of one parallel query. 0: none is.',
  },
  {
    ...{ name: 'effective_cache_size', kind: 'size', page: 'query' },
    text: 'What the planner believes is in memory.',
  },
  {
    ...{ name: 'random_page_cost', kind: 'number', page: 'query' },
    text: 'What a page out of order costs: 1.1 for solid-state disks.',
  },
  { ...{ name: 'jit', kind: 'on or off', page: 'query' }, text: 'Compiles parts of long queries.' },
  {
    ...{ name: 'default_statistics_target', kind: 'number', page: 'query' },
    text: 'How much the planner learns of each column.',
  },
  {
    ...{ name: 'plan_cache_mode', kind: ['auto', 'force_custom_plan', 'force_generic_plan'], page: 'query' },
    text: 'Plans of prepared statements.',
  },
  {
    ...{ name: 'max_connections', kind: 'number', atStart: true, page: 'connection' },
    text: 'By the size, unless chosen.',
  },
  {
    ...{ name: 'statement_timeout', kind: 'time', page: 'client' },
    text: 'A statement that takes longer is ended. 0: never.',
  },
  {
    ...{ name: 'lock_timeout', kind: 'time', page: 'client' },
    text: 'A statement that waits longer for a lock is ended. Good for migrations.',
  },
  {
    ...{ name: 'idle_in_transaction_session_timeout', kind: 'time', page: 'client' },
    text: 'Ends sessions that leave a transaction open, which keeps the compute awake.',
  },
  {
    ...{ name: 'idle_session_timeout', kind: 'time', page: 'client' },
    text: 'Ends sessions that do nothing. Pools may not like it.',
  },
  {
    ...{ name: 'deadlock_timeout', kind: 'time', page: 'locks' },
    text: 'After how long a wait is looked into.',
  },
  {
    ...{ name: 'max_locks_per_transaction', kind: 'number', atStart: true, page: 'locks' },
    text: 'For transactions that touch thousands of tables.',
  },
  {
    ...{ name: 'default_transaction_isolation', page: 'client' },
    kind: ['read committed', 'repeatable read', 'serializable'],
    text: 'Of transactions that name none.',
  },
  { ...{ name: 'timezone', kind: 'text', page: 'client' }, text: 'Of sessions that name none, such as UTC.' },
  {
    ...{ name: 'datestyle', kind: 'text', page: 'client' },
    text: 'How dates are written, such as ISO, DMY.',
  },
  { ...{ name: 'search_path', kind: 'text', page: 'client' }, text: 'Schemas in which names are looked up.' },
  {
    ...{ name: 'synchronous_commit', kind: ['on', 'local', 'off'], page: 'wal' },
    text: 'Off: a commit does not wait for the disk, and a crash may lose the last ones.',
  },
  {
    ...{ name: 'max_wal_size', kind: 'size', page: 'wal' },
    text: 'How much is written between two checkpoints.',
  },
  { ...{ name: 'checkpoint_timeout', kind: 'time', page: 'wal' }, text: 'Between two checkpoints, at most.' },
  {
    ...{ name: 'wal_compression', kind: ['off', 'pglz', 'lz4', 'zstd'], page: 'wal' },
    text: 'Less is written, and kept as history, for some processor time.',
  },
  { ...{ name: 'autovacuum', kind: 'on or off', page: 'vacuum' }, text: 'Off is hardly ever right.' },
  {
    ...{ name: 'autovacuum_naptime', kind: 'time', page: 'vacuum' },
    text: 'How often tables are looked at.',
  },
  {
    ...{ name: 'autovacuum_vacuum_scale_factor', kind: 'number', page: 'vacuum' },
    text: 'The part of a table that has to change first.',
  },
  {
    ...{ name: 'log_min_duration_statement', kind: 'time', page: 'logging' },
    text: 'Statements that take longer are logged. -1: none.',
  },
  {
    ...{ name: 'log_statement', kind: ['none', 'ddl', 'mod', 'all'], page: 'logging' },
    text: 'Which statements are logged.',
  },
  { ...{ name: 'log_lock_waits', kind: 'on or off', page: 'logging' }, text: 'Logs long waits for locks.' },
  {
    ...{ name: 'log_temp_files', kind: 'size', page: 'logging' },
    text: 'Logs temporary files from that size on. -1: none.',
  },
  { ...{ name: 'log_min_messages', kind: levels, page: 'logging' }, text: 'What is bad enough for the log.' },
  {
    ...{ name: 'track_io_timing', kind: 'on or off', page: 'statistics' },
    text: 'Times of reads and writes, for EXPLAIN and Monitoring.',
  },
  {
    ...{ name: 'track_functions', kind: ['none', 'pl', 'all'], page: 'statistics' },
    text: 'Counts calls of functions.',
  },
  {
    ...{ name: 'max_replication_slots', kind: 'number', atStart: true, page: 'replication' },
    text: 'Of logical replication.',
  },
  {
    ...{ name: 'max_wal_senders', kind: 'number', atStart: true, page: 'replication' },
    text: 'Subscribers at once.',
  },
]

const byName: ReadonlyMap<string, KnownSetting> = new Map(knownSettings.map(one => [one.name, one]))

/** Postgres takes names in any case. */
export function knownSetting(name: string): KnownSetting | undefined {
  return byName.get(name.trim().toLowerCase())
}

/** Of the manual of this version. */
export function manualUrl(setting: KnownSetting, major: number): string {
  const anchor = `GUC-${setting.name.replaceAll('_', '-').toUpperCase()}`
  return `https://www.postgresql.org/docs/${major}/runtime-config-${setting.page}.html#${anchor}`
}
