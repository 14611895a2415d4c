// Every error that Pilotlight reports, in one table. HTTP replies, the ErrorResponses of the wire, the CLI's exit
// codes and docs/errors.md read it; errors.test.ts holds them together.
//
// `{name}` in a message is a place for a value. Texts that Neon's clients match on are Neon's own.

/** Who has to act: the caller (bad input), the network in between, a compute (Postgres itself), or us. */
export type ErrorOwner = 'caller' | 'network' | 'compute' | 'platform'

export interface ErrorDefinition {
  /** HTTP status of the Management API. */
  http: number
  /** SQLSTATE on the Postgres wire (manual, appendix A). */
  sqlstate: string
  owner: ErrorOwner
  /** Whether the very same request may succeed a little later. */
  retry: boolean
  message: string
  /** Neon's own word for it, where its clients read one in `code`; else `code` is the row's name. */
  neonCode?: string
  /** Where Neon's document asks for a `reason` beside the message: its word for this one. */
  reason?: string
  /** What to do about it; printed behind the message on the wire's Hint field, in the CLI and in docs/errors.md. */
  remedy: string
}

const caller = { owner: 'caller', retry: false } as const
const platform = { owner: 'platform', retry: true } as const

export const errorTable = {
  // The Management API
  unauthenticated: {
    ...caller,
    http: 401,
    sqlstate: '28000',
    message: 'supplied credentials do not pass authentication',
    remedy: 'Send "Authorization: Bearer <API key>"; the first key is in <data-dir>/run/api-key.',
  },
  sign_in_link_used: {
    ...caller,
    http: 401,
    sqlstate: '28000',
    message: 'this sign-in link was used already, or is too old',
    remedy: 'Run `pilotlight console` for another, or sign in with an API key.',
  },
  console_needs_personal_key: {
    ...caller,
    http: 403,
    sqlstate: '42501',
    message: 'the console is for people: a key of an organization or a project does not sign in',
    remedy:
      'Take a personal key (`pilotlight api-keys create`), or the link that `pilotlight console` prints.',
  },
  console_header_missing: {
    ...caller,
    http: 403,
    sqlstate: '42501',
    message: 'a change by a browser’s session has to come from the console',
    remedy: 'Programs send "Authorization: Bearer <API key>" instead of a cookie.',
  },
  console_session_only: {
    ...caller,
    http: 403,
    sqlstate: '42501',
    message: 'what stands below /api/console is for a browser that is signed in',
    remedy: 'Programs use the Management API below /api/v2 with an API key.',
  },
  database_session_gone: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'this session of the database is not there any more',
    remedy: 'Nothing is left to do: it has ended by itself, or with its compute.',
  },
  console_streams_limit: {
    ...platform,
    http: 429,
    sqlstate: '53300',
    message: 'more than {limit} pages of the console want to be told the news at once',
    remedy: 'Close some of its tabs; until then the page asks by itself every few seconds.',
  },
  control_stopping: {
    ...platform,
    http: 503,
    sqlstate: '57P03',
    message: 'Pilotlight is stopping',
    remedy: 'Try again in a few seconds; where it was stopped for good, start it with `pilotlight up`.',
  },
  console_queries_limit: {
    ...platform,
    http: 429,
    sqlstate: '53300',
    message: 'the console runs at most {limit} queries at once',
    remedy: 'Wait for one to end, or cancel it.',
  },
  branch_without_compute: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'the branch has no read_write compute to run SQL on',
    remedy: 'Add a compute to the branch. A moment of its past can be read without one.',
  },
  host_name_unresolved: {
    owner: 'network',
    retry: false,
    http: 502,
    sqlstate: '08001',
    message: 'this machine does not find {host} ({detail})',
    remedy:
      'Use the connection string with options=endpoint%3D…, or give the name to DNS or to the hosts file. See docs/clients.md.',
  },
  host_name_elsewhere: {
    owner: 'network',
    retry: false,
    http: 502,
    sqlstate: '08001',
    message: '{host} leads to {addresses}, which is no address of this machine',
    remedy: 'It is as it should be behind a router that forwards the port; else correct the name in DNS.',
  },
  proxy_unreachable: {
    ...platform,
    http: 503,
    sqlstate: '08001',
    message: 'nobody takes connections at {address} ({detail})',
    remedy: 'Pilotlight is starting or stopping, or a firewall is in between. `pilotlight doctor` looks.',
  },
  certificate_refused: {
    owner: 'network',
    retry: false,
    http: 502,
    sqlstate: '08001',
    message: 'the certificate was not accepted ({detail})',
    remedy:
      'Something else answers at this address, or the files below <data-dir>/tls do not belong together.',
  },
  rows_unexpected: {
    ...caller,
    http: 409,
    sqlstate: '21000',
    message: '{found} rows were met where {expected} were expected',
    remedy: 'Read the rows again: somebody may have changed or deleted them meanwhile.',
  },
  transaction_ended_early: {
    ...caller,
    http: 400,
    sqlstate: '25000',
    message: 'a statement ended the transaction that all of them were to be carried out in',
    remedy: 'Leave COMMIT and ROLLBACK out. What stands before it was committed or rolled back by it.',
  },
  commit_unknown: {
    owner: 'network',
    retry: false,
    http: 503,
    sqlstate: '08007',
    message: 'the session was lost while the transaction was committed: it may have been, or not',
    remedy: 'Look at the data before you try again.',
  },
  database_session_lost: {
    owner: 'network',
    retry: false,
    http: 503,
    sqlstate: '08006',
    message: 'the session was lost before its answer was complete',
    remedy: 'Run it again. Where it writes, look first whether it was carried out.',
  },
  malformed_json: {
    ...caller,
    http: 400,
    sqlstate: '22023',
    message: 'request body is not valid JSON',
    remedy: 'Check the body with a JSON validator, and send Content-Type: application/json.',
  },
  invalid_request: {
    ...caller,
    http: 400,
    sqlstate: '22023',
    message: '{detail}',
    remedy: 'The message names the field and what it allows.',
  },
  body_too_large: {
    ...caller,
    http: 413,
    sqlstate: '54000',
    message: 'request body is larger than {limit} bytes',
    remedy: 'Send a smaller body.',
  },
  route_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'this route does not exist: {method} {path}',
    remedy: 'See docs/api.md for the paths that are served.',
  },
  method_not_allowed: {
    ...caller,
    http: 405,
    sqlstate: '42704',
    message: '{method} is not allowed here',
    remedy: 'Use one of the methods in the Allow header.',
  },
  media_type_unsupported: {
    ...caller,
    http: 415,
    sqlstate: '22023',
    message: 'request body must be JSON, not {type}',
    remedy: 'Send Content-Type: application/json.',
  },
  too_many_requests: {
    ...platform,
    http: 429,
    sqlstate: '53400',
    message: 'too many requests: {limit}',
    remedy: 'Wait as long as Retry-After says; --api-rate-limit sets the limit.',
  },
  not_for_organization_keys: {
    ...caller,
    http: 404,
    sqlstate: '42501',
    message: 'not allowed for organization API keys',
    remedy: 'Use a personal API key, such as the one in <data-dir>/run/api-key.',
  },
  outside_key_project: {
    ...caller,
    http: 404,
    sqlstate: '42501',
    message:
      'not allowed to perform actions outside the project this key is scoped to; subject_project_id:"{project}"',
    remedy: 'Use a personal or an organization API key.',
  },
  key_forbidden: {
    ...caller,
    http: 403,
    sqlstate: '42501',
    message: 'not allowed for project-scoped API keys',
    remedy: 'Use a personal or an organization API key.',
  },
  organization_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'organization not found',
    remedy: '`pilotlight orgs list` shows the organization of this installation; org_id may be left out.',
  },
  member_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'organization member not found',
    remedy: '`pilotlight orgs members` shows the members.',
  },
  last_admin: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'the last admin of an organization cannot be removed, or be made anything else',
    remedy: 'An installation has one user; hand out API keys instead.',
  },
  invitations_unsupported: {
    ...caller,
    http: 422,
    sqlstate: '0A000',
    message: 'nobody can be invited: an installation has one user, and sends no mail',
    remedy: 'Make an API key for them: `pilotlight api-keys create`.',
  },
  api_key_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'API key not found',
    remedy: '`pilotlight api-keys list` shows the keys there are.',
  },
  api_keys_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'there are {limit} API keys, and no more are allowed',
    remedy: 'Revoke those that nobody uses: `pilotlight api-keys list` shows when each was used last.',
  },
  idempotency_key_invalid: {
    ...caller,
    http: 400,
    sqlstate: '22023',
    message: 'Idempotency-Key must be 1 to {limit} visible ASCII characters',
    remedy: 'Use a UUID.',
  },
  idempotency_key_reused: {
    ...caller,
    http: 422,
    sqlstate: '22023',
    message: 'this Idempotency-Key was used for another request',
    remedy: 'Use a new key for each new request.',
  },
  idempotency_key_in_use: {
    ...platform,
    http: 409,
    sqlstate: '55006',
    message: 'a request with this Idempotency-Key is still being carried out',
    remedy: 'Wait for its answer, or send the same request again a little later.',
  },
  project_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'project not found',
    remedy: '`pilotlight projects list` shows the projects there are.',
  },
  branch_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'branch not found',
    remedy: 'Check the branch id, and that it belongs to this project.',
  },
  endpoint_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'endpoint not found',
    remedy: '`pilotlight endpoints list` shows the endpoints of a project.',
  },
  role_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'role not found',
    remedy: 'Check the role name, and that it belongs to this branch.',
  },
  database_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'database not found',
    remedy: 'Check the database name, and that it belongs to this branch.',
  },
  role_exists: {
    ...caller,
    http: 409,
    sqlstate: '42710',
    message: 'role already exists; role_name:"{name}"',
    remedy: 'Choose another name, or delete the role that has it.',
  },
  role_reserved: {
    ...caller,
    http: 422,
    sqlstate: '42939',
    message: 'role "{role}" is reserved, could not {action}',
    remedy: 'Roles of the system are not changed; choose one that was made by you.',
  },
  role_owns_databases: {
    ...caller,
    http: 422,
    sqlstate: '2BP01',
    message: 'cannot delete role "{role}" that owns databases: {databases}',
    remedy: 'Give its databases to another role, or delete them, first.',
  },
  role_cannot_login: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'role "{role}" cannot log in, and has no password',
    remedy: 'Choose a role that can log in.',
  },
  roles_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'roles limit exceeded: a branch has at most {limit}',
    neonCode: 'ROLES_LIMIT_EXCEEDED',
    remedy: 'Delete roles that are not needed.',
  },
  database_exists: {
    ...caller,
    http: 409,
    sqlstate: '42P04',
    message: 'database already exists; database_name:"{name}"',
    remedy: 'Choose another name, or delete or rename the database that has it.',
  },
  database_reserved: {
    ...caller,
    http: 422,
    sqlstate: '42939',
    message: 'database "{database}" is reserved, could not {action}',
    remedy: 'postgres, template0 and template1 belong to Postgres; choose one that was made by you.',
  },
  databases_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'databases limit exceeded: a branch has at most {limit}',
    neonCode: 'DATABASES_LIMIT_EXCEEDED',
    remedy: 'Delete databases that are not needed.',
  },
  statement_refused: {
    http: 422,
    sqlstate: '55000',
    owner: 'caller',
    retry: false,
    message: 'Postgres refused: {detail}',
    remedy: 'The message is Postgres’s own; change what is in the way, then try again.',
  },
  statement_delayed: {
    http: 503,
    sqlstate: '55006',
    owner: 'compute',
    retry: true,
    message: 'Postgres could not do it now: {detail}',
    remedy: 'The message is Postgres’s own; close the sessions that are in the way, then try again.',
  },
  operation_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'operation not found',
    remedy: 'Check the operation id, and that it belongs to this project.',
  },
  password_not_stored: {
    ...caller,
    http: 412,
    sqlstate: '55000',
    message: 'the password of role "{role}" is not stored: {reason}',
    remedy: 'Reset the password to get a new one that can be shown.',
  },
  endpoint_in_transition: {
    http: 423,
    sqlstate: '55006',
    owner: 'platform',
    retry: true,
    message: 'endpoint is in some transitive state, could not {action}',
    remedy: 'Wait until its running operation has finished, then try again.',
  },
  too_many_operations: {
    http: 423,
    sqlstate: '53400',
    owner: 'platform',
    retry: true,
    message:
      'project already has running conflicting operations, scheduling of new ones is prohibited: {limit} are unfinished',
    remedy: 'Wait until some of them have finished, then try again.',
  },
  postgres_build_missing: {
    ...caller,
    http: 422,
    sqlstate: '0A000',
    message: 'no Postgres {version} on this machine; there is {available}',
    remedy: '`pilotlight postgres list` shows the builds; install another one, or choose one of these.',
  },
  branch_exists: {
    ...caller,
    http: 409,
    sqlstate: '42710',
    message: 'branch already exists; branch_name:"{name}"',
    remedy: 'Choose another name, or delete or rename the branch that has it.',
  },
  branch_not_ready: {
    http: 422,
    sqlstate: '55006',
    owner: 'platform',
    retry: true,
    message: 'branch not ready yet',
    remedy: 'Wait until its running operation has finished, then try again.',
  },
  branch_protected: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'cannot {action} protected branch',
    remedy: 'Take the protection away first: PATCH the branch with protected: false.',
  },
  branch_is_default: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'cannot delete default branch',
    remedy: 'Make another branch the default first, or delete the project.',
  },
  branch_never_expires: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'cannot set expires_at on {kind} branch',
    remedy: 'Only branches that are neither protected nor the default expire.',
  },
  branch_has_children: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'cannot delete branch that has children: {children}',
    remedy: 'Delete its child branches first.',
  },
  branch_not_deleted: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'branch is not deleted',
    remedy: 'Only a deleted branch can be recovered.',
  },
  branch_not_recoverable: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'branch cannot be recovered any more',
    remedy: 'It was deleted for good, or its time to be recovered has passed.',
  },
  branch_not_restored: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'branch was not restored from a snapshot, or its restore is finalized already',
    remedy: 'Restore a snapshot with finalize_restore: false first.',
  },
  branches_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'branches limit exceeded: a project has at most {limit}',
    neonCode: 'BRANCHES_LIMIT_EXCEEDED',
    remedy: 'Delete branches that are not needed.',
  },
  moment_out_of_window: {
    ...caller,
    http: 422,
    sqlstate: '22023',
    message: '{moment} is outside the history of branch {branch}, which begins at {from}',
    remedy:
      'Choose a moment between that and now; history_retention_seconds of the project says how far back it reaches.',
  },
  moment_invalid: {
    ...caller,
    http: 400,
    sqlstate: '22023',
    message: "moment '{moment}' {detail}",
    remedy:
      'Write a time as 2026-11-25T10:00:00Z (neon_timestamp) and a place in the log as 0/1A2B3C4 (neon_lsn).',
  },
  moment_ambiguous: {
    ...caller,
    http: 400,
    sqlstate: '22023',
    message: 'a timestamp and an LSN cannot be given at the same time',
    remedy: 'Name the moment by one of them.',
  },
  moments_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'at most {limit} past moments of a project can be looked at at a time',
    remedy: 'Close sessions on other moments: each moment is let go 30 s after its last session.',
  },
  pg_dump_missing: {
    ...caller,
    http: 422,
    sqlstate: '0A000',
    message: 'no pg_dump on this machine can read Postgres {version}',
    remedy:
      'Install the client programs of that version or a newer one: postgresql-client-18 from apt.postgresql.org on Debian, libpq from Homebrew on macOS. A distribution’s own may be too old.',
  },
  schema_dump_failed: {
    http: 500,
    sqlstate: 'XX000',
    owner: 'compute',
    retry: false,
    message: 'the schema could not be read: {detail}',
    remedy:
      'The message is pg_dump’s own; a table that is locked for long, or a damaged one, is named there.',
  },
  schema_too_large: {
    ...caller,
    http: 422,
    sqlstate: '54000',
    message: 'the schema is larger than {limit} bytes',
    remedy: 'Run pg_dump --schema-only with the connection string of the branch.',
  },
  moment_in_future: {
    ...caller,
    http: 400,
    sqlstate: '22023',
    message: '{field}: {moment} lies in the future',
    remedy: 'Choose a moment that has passed, or leave it out for the newest state.',
  },
  preserve_name_missing: {
    ...caller,
    http: 422,
    sqlstate: '22023',
    message: '{reason}, preserve_under_name is required',
    remedy: 'Give the name under which the old state is kept.',
  },
  restore_moment_missing: {
    ...caller,
    http: 422,
    sqlstate: '22023',
    message: 'source_timestamp or source_lsn is required to restore a branch from itself',
    remedy: 'Name the moment to which the branch goes back.',
  },
  restore_unproven: {
    ...platform,
    http: 503,
    sqlstate: '57P03',
    message: 'the restored data could not be opened; the branch has its old data again',
    remedy: 'Restore to another moment; the log of the compute says what was wrong with this one.',
  },
  endpoint_exists: {
    ...caller,
    http: 409,
    sqlstate: '42710',
    message: 'read_write endpoint already exists on branch {branch}',
    remedy: 'A branch has one read_write endpoint; use it, or delete it first.',
  },
  endpoint_protected: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'cannot delete endpoint of protected branch',
    remedy: 'Take the protection of its branch away first.',
  },
  endpoints_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'endpoints limit exceeded: a branch has at most {limit}',
    remedy: 'Delete endpoints that are not needed.',
  },
  endpoint_read_only_unsupported: {
    ...caller,
    http: 422,
    sqlstate: '0A000',
    message:
      'read_only endpoints are not supported yet; ask for a read_write endpoint (--type read_write), or create a branch and read there',
    remedy: 'Ask for a read_write endpoint, or branch and read there.',
  },
  setting_forbidden: {
    ...caller,
    http: 422,
    sqlstate: '55P02',
    message: '{name} cannot be chosen: {reason}',
    remedy: 'Leave this setting out. docs/settings.md lists those that are not for choosing.',
  },
  project_has_protected_branch: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'cannot delete project that has a protected branch: {branch}',
    remedy: 'Take the protection of its branches away first.',
  },
  project_not_deleted: {
    ...caller,
    http: 422,
    sqlstate: '55000',
    message: 'project is not deleted',
    remedy: 'Only a deleted project can be recovered: `pilotlight projects list --recoverable` shows those.',
  },
  jwks_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'JWKS not found',
    remedy: 'Check the JWKS id, and that it belongs to this project.',
  },
  jwks_exists: {
    ...caller,
    http: 409,
    sqlstate: '42710',
    message: 'JWKS URL already exists; jwks_url:"{url}"',
    remedy: 'Delete the JWKS that has this URL first, or use it.',
  },
  jwks_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'JWKS limit exceeded: a project has at most {limit}',
    remedy: 'Delete JWKS that are not needed.',
  },
  saved_query_exists: {
    ...caller,
    http: 409,
    sqlstate: '42710',
    message: 'a query is saved under this name already; name:"{name}"',
    remedy: 'Take another name, or replace it.',
  },
  saved_query_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'there is no saved query of this name',
    remedy: 'Look at the list: somebody may have deleted or renamed it.',
  },
  saved_query_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'a project keeps at most {limit} queries',
    remedy: 'Delete saved queries that are not needed.',
  },
  not_available: {
    ...caller,
    http: 501,
    sqlstate: '0A000',
    message: '{feature} not available on this installation',
    remedy: 'See docs/api.md for what is served; this is no part of Pilotlight.',
  },
  feature_absent: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: '{feature} not available on this installation, so there is none',
    remedy: 'See docs/api.md for what is served; this is no part of Pilotlight.',
  },
  object_storage_absent: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'object storage is not available on this installation',
    reason: 'region_unavailable',
    remedy: 'Keep files in a store of your own; this is no part of Pilotlight.',
  },
  ai_gateway_absent: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'the AI Gateway is not available on this installation',
    reason: 'ai_gateway_unavailable',
    remedy: 'Ask models by keys of your own; this is no part of Pilotlight.',
  },
  snapshot_not_found: {
    ...caller,
    http: 404,
    sqlstate: '42704',
    message: 'snapshot not found',
    remedy: 'Check the snapshot id, and that it belongs to this project.',
  },
  snapshot_not_ready: {
    http: 422,
    sqlstate: '55006',
    owner: 'platform',
    retry: true,
    message: 'snapshot not ready yet',
    remedy: 'Wait until the operation that makes it has finished, then try again.',
  },
  snapshots_limit: {
    ...caller,
    http: 422,
    sqlstate: '53400',
    message: 'snapshots limit exceeded: a project has at most {limit}',
    neonCode: 'SNAPSHOTS_LIMIT_EXCEEDED',
    remedy: 'Delete snapshots that are not needed.',
  },
  import_not_found: {
    ...caller,
    http: 422,
    sqlstate: '42704',
    message: 'no directory {directory} to import',
    remedy: 'Put a data directory that was shut down cleanly below <data-dir>/imports.',
  },
  export_exists: {
    ...caller,
    http: 409,
    sqlstate: '42710',
    message: 'there is an export of this name already: {name}',
    remedy: 'Choose another name, or remove the directory below <data-dir>/exports.',
  },
  consumption_range_invalid: {
    ...caller,
    http: 406,
    sqlstate: '22023',
    message:
      'The specified `date-time` range is outside the boundaries of the specified `granularity`. Adjust your `from` and `to` values or select a different `granularity`.',
    remedy: 'Hours can be asked for the last 168 hours, days for the last 60 days, months for the last year.',
  },
  advisors_database_missing: {
    ...caller,
    http: 400,
    sqlstate: '22023',
    message: 'database_name is required: the branch has several databases ({databases})',
    remedy: 'Name the database to look at.',
  },
  internal: {
    ...platform,
    http: 500,
    sqlstate: 'XX000',
    message: 'internal error',
    remedy: 'The server log has the cause under this request id.',
  },
  unavailable: {
    ...platform,
    http: 503,
    sqlstate: '57P03',
    message: 'the service is starting or stopping',
    remedy: 'Try again in a moment.',
  },

  // The Postgres wire, before a compute is involved
  endpoint_unspecified: {
    ...caller,
    http: 400,
    sqlstate: '08004',
    message:
      "Endpoint ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support or pass the endpoint ID (first part of the domain name) as a parameter: '?options=endpoint%3D<endpoint-id>'. See more at https://neon.tech/sni",
    remedy: 'Add options=endpoint%3D<endpoint-id> to the connection string.',
  },
  endpoint_inconsistent: {
    ...caller,
    http: 400,
    sqlstate: '08004',
    message: "Inconsistent project name inferred from SNI ('{sni}') and project option ('{option}').",
    remedy: 'Name the same endpoint in the host and in options, -pooler included, or leave options out.',
  },
  endpoint_malformed: {
    ...caller,
    http: 400,
    sqlstate: '08004',
    message: "Project name ('{endpoint}') must contain only alphanumeric characters and hyphen.",
    remedy: 'Copy the endpoint id from the connection details.',
  },
  user_missing: {
    ...caller,
    http: 400,
    sqlstate: '28000',
    message: "Parameter 'user' is missing in startup packet.",
    remedy: 'Give a role name in the connection string.',
  },
  insecure_connection: {
    ...caller,
    http: 400,
    sqlstate: '28000',
    message: 'connection is insecure (try using `sslmode=require`)',
    remedy: 'Add sslmode=require to the connection string.',
  },
  protocol_violation: {
    ...caller,
    http: 400,
    sqlstate: '08P01',
    message: '{detail}',
    remedy: 'The client does not speak the Postgres protocol v3; use a current driver.',
  },
  password_wrong: {
    ...caller,
    http: 400,
    sqlstate: '28P01',
    message: "password authentication failed for user '{role}'",
    remedy:
      'Copy the connection string again, or reset the password. Unknown roles and endpoints read the same.',
  },
  address_not_allowed: {
    ...caller,
    http: 400,
    sqlstate: '28000',
    message:
      'This IP address {address} is not allowed to connect to this endpoint. Please add it to the allowed list in the Neon console. Make sure to check for IPv4 or IPv6 addresses.',
    remedy:
      'Add the address to settings.allowed_ips of the project: `neon ip-allow add <address>`, or PATCH the project.',
  },
  network_blocked: {
    ...caller,
    http: 400,
    sqlstate: '28000',
    message: 'This connection is trying to access this endpoint from a blocked network.',
    remedy: 'The project blocks public connections: come from a private network, or PATCH the project.',
  },
  authentication_timeout: {
    owner: 'network',
    retry: true,
    http: 408,
    sqlstate: '08006',
    message: 'Authentication timed out',
    remedy: 'Check the network between client and proxy.',
  },
  too_many_connections: {
    ...platform,
    http: 429,
    sqlstate: '53300',
    message: 'Too many connections to this endpoint. Please try again later.',
    remedy: 'Close connections that are not used, or use a connection pool.',
  },

  // The Postgres wire, between proxy, control and compute
  endpoint_gone: {
    ...caller,
    http: 404,
    sqlstate: '28000',
    message:
      "The requested endpoint could not be found, or you don't have access to it. Please check the provided ID and try again.",
    remedy: 'Copy the connection string again; the project may have been deleted.',
  },
  endpoint_disabled: {
    ...caller,
    http: 406,
    sqlstate: '28000',
    message: 'The endpoint has been disabled. Enable it using the API and retry.',
    remedy: 'Enable the endpoint.',
  },
  active_time_quota_exceeded: {
    ...caller,
    http: 402,
    sqlstate: '53000',
    message: 'Your project has exceeded the active time quota. Upgrade your plan to increase limits.',
    neonCode: 'ACTIVE_TIME_QUOTA_EXCEEDED',
    remedy: 'Raise settings.quota of the project, or wait for the next month. `pilotlight usage` shows both.',
  },
  compute_time_quota_exceeded: {
    ...caller,
    http: 402,
    sqlstate: '53000',
    message:
      'Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits.',
    neonCode: 'COMPUTE_TIME_QUOTA_EXCEEDED',
    remedy: 'Raise settings.quota of the project, or wait for the next month. `pilotlight usage` shows both.',
  },
  written_data_quota_exceeded: {
    ...caller,
    http: 402,
    sqlstate: '53000',
    message: 'Your project has exceeded the written data quota. Upgrade your plan to increase limits.',
    neonCode: 'WRITTEN_DATA_QUOTA_EXCEEDED',
    remedy: 'Raise settings.quota of the project, or wait for the next month. `pilotlight usage` shows both.',
  },
  data_transfer_quota_exceeded: {
    ...caller,
    http: 402,
    sqlstate: '53000',
    message: 'Your project has exceeded the data transfer quota. Upgrade your plan to increase limits.',
    neonCode: 'DATA_TRANSFER_QUOTA_EXCEEDED',
    remedy: 'Raise settings.quota of the project, or wait for the next month. `pilotlight usage` shows both.',
  },
  control_unreachable: {
    ...platform,
    http: 503,
    sqlstate: '08006',
    message: 'Control plane request failed',
    remedy: 'Pilotlight is starting or restarting; try again in a moment. Awake databases go on working.',
  },
  compute_start_failed: {
    ...platform,
    http: 503,
    sqlstate: '57P03',
    message: 'the compute could not be started',
    remedy: 'See the operation and the log of the compute: `pilotlight doctor` says where it is.',
  },
  compute_wake_timeout: {
    ...platform,
    http: 503,
    sqlstate: '57P03',
    message: 'the compute is still starting',
    remedy: 'Try again in a moment; after a crash Postgres may be replaying its log.',
  },
  compute_unreachable: {
    owner: 'compute',
    retry: true,
    http: 503,
    sqlstate: '08006',
    message: "Couldn't connect to compute node",
    remedy: 'Try again; if it stays, look at the log of the compute.',
  },
  compute_stopped: {
    owner: 'compute',
    retry: true,
    http: 503,
    sqlstate: '57P01',
    message: 'terminating connection due to administrator command',
    remedy: 'Connect again: the compute was suspended or stopped, and the next connection wakes it.',
  },
  proxy_shutting_down: {
    ...platform,
    http: 503,
    sqlstate: '57P01',
    message: 'terminating connection due to administrator command',
    remedy: 'Connect again.',
  },
} as const satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof errorTable

/** The values for the `{places}` of a message. */
export type ErrorValues = Record<string, string | number>

/**
 * An error with a text for the client. The log's text is `cause` and whatever the catcher adds.
 * `values` may come from clients: they are cut, so that a message never carries a packet back.
 */
export class PilotlightError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, values: ErrorValues = {}, options: { cause?: unknown } = {}) {
    super(errorText(code, values), options)
    this.name = 'PilotlightError'
    this.code = code
  }

  get definition(): ErrorDefinition {
    return errorTable[this.code]
  }
}

const longestValue = 500

export function errorText(code: ErrorCode, values: ErrorValues = {}): string {
  return errorTable[code].message.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name]
    return value === undefined ? place : String(value).slice(0, longestValue)
  })
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text)
}
