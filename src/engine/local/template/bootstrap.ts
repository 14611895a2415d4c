// What is in a new branch before its user's first statement: the roles, the database and the rights that Neon gives.
//
// Each entry is one batch for `postgres --single -j`. CREATE DATABASE wants a batch of its own. cloud_admin is initdb's
// superuser. neon_superuser is no superuser; it is what the roles made through the API are members of.

import { databaseRights, privilegedRole } from '../../../contract/database-rights.ts'
import { defaultRoleName, defaults } from '../../../contract/defaults.ts'

export interface Bootstrap {
  database: string
  batches: string[]
}

export function branchBootstrap(major: number): Bootstrap[] {
  const database = defaults.databaseName
  const owner = defaultRoleName(database)
  return [
    {
      database: 'postgres',
      batches: [
        `CREATE ROLE ${privilegedRole} CREATEDB CREATEROLE NOLOGIN REPLICATION BYPASSRLS
           IN ROLE pg_read_all_data, pg_write_all_data`,
        ...(major >= 16 ? [`GRANT pg_create_subscription TO ${privilegedRole}`] : []),
        `GRANT pg_monitor, pg_signal_backend TO ${privilegedRole} WITH ADMIN OPTION`,
        // No password yet: nobody can log in as it until control has set one.
        `CREATE ROLE ${owner} LOGIN INHERIT CREATEROLE CREATEDB BYPASSRLS REPLICATION IN ROLE ${privilegedRole}`,
        ...databaseRights(major),
        `CREATE DATABASE ${database} OWNER ${owner}`,
      ],
    },
    {
      database,
      batches: [`ALTER SCHEMA public OWNER TO ${owner}`, ...databaseRights(major)],
    },
  ]
}

/** What a cluster that comes from elsewhere needs of that. The password is 32 random bytes, without quotes in them. */
export function adoption(major: number, password: string): string[] {
  const make = (role: string, attributes: string) =>
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}')
       THEN CREATE ROLE ${role} ${attributes}; END IF; END $$`
  return [
    `SET password_encryption = 'scram-sha-256'`,
    make('cloud_admin', 'SUPERUSER LOGIN REPLICATION'),
    `ALTER ROLE cloud_admin SUPERUSER LOGIN PASSWORD '${password}'`,
    make(privilegedRole, 'CREATEDB CREATEROLE NOLOGIN REPLICATION BYPASSRLS'),
    `GRANT pg_read_all_data, pg_write_all_data TO ${privilegedRole}`,
    ...(major >= 16 ? [`GRANT pg_create_subscription TO ${privilegedRole}`] : []),
    `GRANT pg_monitor, pg_signal_backend TO ${privilegedRole} WITH ADMIN OPTION`,
  ]
}

/** A cluster for Pilotlight's own use: one database, and no role besides cloud_admin. */
export function plainBootstrap(database: string): Bootstrap[] {
  return [{ database: 'postgres', batches: [`CREATE DATABASE "${database.replaceAll('"', '""')}"`] }]
}
