// What a user meets who chose nothing. Neon's own values where it has them.

export const defaults = {
  databaseName: 'neondb',
  branchName: 'main',
  postgresMajor: 17,
  suspendTimeoutSeconds: 300,
  historyRetentionSeconds: 86_400,
  postgresPort: 5432,
  apiPort: 7070,
  httpsPort: 443,
  httpsPortUnprivileged: 7443,
  listen: '127.0.0.1',
  /** Behind the endpoint's label a host name needs two more, because OpenSSL takes no wildcard with fewer. */
  domain: 'localhost',
  region: 'local',
} as const

/** The role that owns a database unless another is named: `neondb_owner`. */
export function defaultRoleName(databaseName: string): string {
  return `${databaseName}_owner`
}

/** Where data lives when nothing else is said. `uid` 0 is root. */
export function defaultDataDir(
  environment: Record<string, string | undefined>,
  uid: number | undefined,
): string {
  if (uid === 0) return '/var/lib/pilotlight'
  const base = environment.XDG_DATA_HOME ?? `${environment.HOME ?? '.'}/.local/share`
  return `${base}/pilotlight`
}
