// Settings of Postgres that nobody chooses by name, and why. What is not listed here is Postgres's to judge.

const groups: [reason: string, names: string][] = [
  [
    'where a compute listens is decided by Pilotlight',
    'listen_addresses port unix_socket_directories unix_socket_permissions unix_socket_group bonjour bonjour_name',
  ],
  [
    'where files lie is decided by Pilotlight',
    'data_directory config_file hba_file ident_file external_pid_file stats_temp_directory dynamic_library_path ' +
      'extension_control_path',
  ],
  [
    'without it a crash could lose what was acknowledged',
    'fsync full_page_writes data_sync_retry recovery_init_sync_method ignore_checksum_failure ' +
      'ignore_invalid_pages zero_damaged_pages allow_system_table_mods ignore_system_indexes',
  ],
  [
    'history, branches and restores are made of the WAL, whose keeping is Pilotlight’s',
    'archive_mode archive_command archive_library archive_cleanup_command archive_timeout wal_recycle ' +
      'restore_command recovery_end_command recovery_target recovery_target_action recovery_target_inclusive ' +
      'recovery_target_lsn recovery_target_name recovery_target_time recovery_target_timeline ' +
      'recovery_target_xid recovery_prefetch recovery_min_apply_delay hot_standby primary_conninfo ' +
      'primary_slot_name promote_trigger_file sync_replication_slots max_slot_wal_keep_size',
  ],
  ['use enable_logical_replication of the project', 'wal_level'],
  ['use preload_libraries', 'shared_preload_libraries'],
  [
    'a library that is missing would end every session',
    'session_preload_libraries local_preload_libraries jit_provider oauth_validator_libraries',
  ],
  [
    'TLS ends in front of the compute',
    'ssl ssl_ca_file ssl_cert_file ssl_ciphers ssl_crl_dir ssl_crl_file ssl_dh_params_file ssl_ecdh_curve ' +
      'ssl_groups ssl_key_file ssl_max_protocol_version ssl_min_protocol_version ssl_passphrase_command ' +
      'ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers ssl_tls13_ciphers krb_server_keyfile ' +
      'krb_caseins_users gss_accept_delegation db_user_namespace',
  ],
  ['passwords are kept as SCRAM verifiers', 'password_encryption scram_iterations'],
  [
    'the log of a compute is kept by Pilotlight',
    'logging_collector log_destination log_directory log_filename log_file_mode log_rotation_age ' +
      'log_rotation_size log_truncate_on_rotation syslog_facility syslog_ident syslog_sequence_numbers ' +
      'syslog_split_messages event_source lc_messages',
  ],
  [
    'commits would wait for a standby that is not there',
    'synchronous_standby_names synchronized_standby_slots',
  ],
  [
    'Pilotlight itself has to get in',
    'superuser_reserved_connections reserved_connections authentication_timeout default_transaction_read_only ' +
      'transaction_timeout restrict_nonsystem_relation_kind',
  ],
]

const reasons: ReadonlyMap<string, string> = new Map(
  groups.flatMap(([reason, names]) => names.split(' ').map((name): [string, string] => [name, reason])),
)

/** Why this one cannot be chosen; undefined: it is not forbidden. Postgres takes names in any case. */
export function whyForbidden(name: string): string | undefined {
  return reasons.get(name.toLowerCase())
}
