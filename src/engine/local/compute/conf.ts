// postgresql.conf of one compute. It lies beside the compute, not in the data, which is left as initdb made it: stock
// Postgres opens the data directory with its own settings. ALTER SYSTEM and ALTER DATABASE work as always.

import { EngineError } from '../../engine.ts'
import { type MachineSize, machineSize, type Size, sizeSettings } from './size.ts'

export type Settings = Record<string, string>

export interface ConfOptions {
  major: number
  size: Size
  /** By default this one. */
  machine?: MachineSize
  socketDir: string
  /** From the spec: they win over the defaults below, and may not name the fixed ones. */
  settings: Settings
  /** Libraries that the server loads at its start: all of them have to be there. */
  preload?: string[]
  /** WAL that can be decoded: it holds more. */
  logicalReplication?: boolean
  /** Whether this build of Postgres has syncfs (Linux). */
  syncfs: boolean
  /** Whether its WAL is kept for its history (history/): a cluster whose WAL nobody fetches would keep it for ever. */
  archive?: boolean
}

/** Where the compute listens, what it keeps its promises with, and where its log goes are the engine's business. */
const fixedNames = new Set(
  (
    'data_directory config_file hba_file ident_file external_pid_file listen_addresses port ' +
    'unix_socket_directories unix_socket_permissions unix_socket_group fsync full_page_writes ' +
    'logging_collector log_destination lc_messages recovery_init_sync_method archive_mode archive_command ' +
    'archive_library wal_recycle wal_level shared_preload_libraries restore_command recovery_target recovery_target_action ' +
    'recovery_target_inclusive recovery_target_lsn recovery_target_name recovery_target_time ' +
    'recovery_target_timeline recovery_target_xid hot_standby primary_conninfo primary_slot_name'
  ).split(' '),
)

export const socketPort = 5432

export function renderConf(options: ConfOptions): string {
  const all = { ...defaultSettings(options), ...checkedNames(options.settings), ...fixedSettings(options) }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${quote(value)}`)
  return `# Written by Pilotlight at each start of this compute; changes by hand are lost.\n${lines.join('\n')}\n`
}

/**
 * Chosen for a short wake and a small process. What each costs, spawn to ready, medians of interleaved starts on two
 * shared cores: these defaults 26 ms · max_connections 20: 25, 200: 31 · shared_buffers 128 MB: 33, 1 GB: 57 ·
 * without autovacuum, walsenders or the launcher of logical replication: no difference beyond the noise, so they stay.
 */
function defaultSettings({ major, size, machine }: ConfOptions): Settings {
  return {
    ...sizeSettings(size, machine ?? machineSize()),
    jit: 'off',
    timezone: 'GMT',
    log_timezone: 'GMT',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    // An idle branch keeps two segments of WAL instead of five.
    min_wal_size: '32MB',
    // From 18 on the default is a pool of processes, which each wake would have to fork.
    ...(major >= 18 ? { io_method: 'sync' } : {}),
  }
}

/**
 * Segments that are full wait, with a note beside them, until history/ has fetched them; archive_command stays empty, so
 * no process runs for it. They may be fetched as hard links, so that none may be written over: wal_recycle is off.
 */
const archiveSettings: Settings = { archive_mode: 'on', archive_command: '', wal_recycle: 'off' }

function fixedSettings(options: ConfOptions): Settings {
  const { socketDir, syncfs, archive, preload = [], logicalReplication } = options
  return {
    listen_addresses: '',
    port: String(socketPort),
    // A list: the double quotes keep commas and blanks in the path together.
    unix_socket_directories: `"${socketDir}"`,
    unix_socket_permissions: '0700',
    fsync: 'on',
    full_page_writes: 'on',
    logging_collector: 'off',
    log_destination: 'stderr',
    // lastLines() and the orphan check read messages.
    lc_messages: 'C',
    // After a crash Postgres flushes every file before it replays, 400 ms for an empty branch. One syncfs does the same
    // in a sixth of that. It also flushes the neighbours' dirty pages: sooner than due, never wrongly.
    ...(syncfs ? { recovery_init_sync_method: 'syncfs' } : {}),
    ...(archive ? archiveSettings : {}),
    ...(preload.length > 0 ? { shared_preload_libraries: preload.join(',') } : {}),
    ...(logicalReplication ? { wal_level: 'logical' } : {}),
  }
}

/** By their names in lower case, as Postgres has them. Throws `invalid` for what is no name, or is the engine's. */
export function checkedNames(settings: Settings): Settings {
  for (const name of Object.keys(settings)) checkName(name)
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value]))
}

function checkName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/.test(name)) {
    throw new EngineError('invalid', `"${name.slice(0, 80)}" is no name of a setting`)
  }
  if (fixedNames.has(name.toLowerCase())) {
    throw new EngineError('invalid', `the setting "${name}" belongs to the engine and cannot be chosen`)
  }
}

function quote(value: string): string {
  if (/[\n\r\0]/.test(value)) throw new EngineError('invalid', 'a setting may not contain a line break')
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/**
 * Settings that only a restart takes up (context "postmaster" in pg_settings, 14 to 18). Others are taken up by a
 * reload, which no session notices. Names with a dot belong to extensions, which may want a restart: they get it.
 */
const restartNames = new Set(
  (
    'archive_mode autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age ' +
    'autovacuum_worker_slots bonjour bonjour_name cluster_name commit_timestamp_buffers debug_io_direct ' +
    'dynamic_shared_memory_type event_source file_extend_method hot_standby huge_page_size huge_pages ' +
    'idle_replication_slot_timeout io_combine_limit io_max_combine_limit io_max_concurrency io_method ' +
    'jit_provider max_active_replication_origins max_connections max_files_per_process ' +
    'max_locks_per_transaction max_logical_replication_workers max_notify_queue_pages ' +
    'max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_wal_senders ' +
    'max_worker_processes min_dynamic_shared_memory multixact_member_buffers multixact_offset_buffers ' +
    'notify_buffers old_snapshot_threshold recovery_target recovery_target_action recovery_target_inclusive ' +
    'recovery_target_lsn recovery_target_name recovery_target_time recovery_target_timeline ' +
    'recovery_target_xid reserved_connections serializable_buffers shared_buffers shared_memory_type ' +
    'shared_preload_libraries subtransaction_buffers superuser_reserved_connections ' +
    'track_activity_query_size track_commit_timestamp transaction_buffers wal_buffers wal_decode_buffer_size ' +
    'wal_level wal_log_hints'
  ).split(' '),
)

/** Whether the step from one rendered file to another needs a restart. */
export function needsRestart(before: string, after: string): boolean {
  const [old, next] = [before, after].map(text => new Set(text.split('\n')))
  const changed = [...old!, ...next!].filter(line => old!.has(line) !== next!.has(line))
  return changed.some(line => {
    const name = line.split(' ')[0]!.toLowerCase()
    return name.includes('.') || restartNames.has(name)
  })
}
