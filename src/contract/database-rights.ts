// The rights that Neon gives in each database: on what cloud_admin makes there, and on functions that are shut by default.

/** What roles made through the API are members of. No superuser, and nobody logs in as it. */
export const privilegedRole = 'neon_superuser'

/** As SQL, to be run in the database. Safe to repeat. */
export function databaseRights(major: number): string[] {
  return [
    ...['TABLES', 'SEQUENCES'].map(
      kind =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE cloud_admin IN SCHEMA public
           GRANT ALL ON ${kind} TO ${privilegedRole} WITH GRANT OPTION`,
    ),
    `GRANT EXECUTE ON FUNCTION pg_catalog.pg_show_replication_origin_status() TO ${privilegedRole}`,
    ...(major >= 16
      ? [
          `GRANT EXECUTE ON FUNCTION pg_catalog.pg_export_snapshot() TO ${privilegedRole}`,
          `GRANT EXECUTE ON FUNCTION pg_catalog.pg_log_standby_snapshot() TO ${privilegedRole}`,
        ]
      : []),
  ]
}
