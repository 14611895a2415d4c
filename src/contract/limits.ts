// Every bound of the product, with its reason. A caller who meets one is told its number.

export const limits = {
  /** Longer names of projects make no sense to people; Neon's number. */
  projectNameChars: 256,
  /** NAMEDATALEN - 1: Postgres cuts longer identifiers silently, so we refuse them. */
  identifierBytes: 63,
  /** The largest body of the Management API: its requests are a few hundred bytes. */
  apiBodyBytes: 1_048_576,
  /** Changes to one project that may wait for each other. Beyond it a client is told 423, which all clients retry. */
  unfinishedOperationsPerProject: 100,
  /** Neon's number for its paid plans; each costs a folder and some rows, and a listing reads them all. */
  branchesPerProject: 5000,
  /** Neon's number for its paid plans; each keeps files of its own until it is deleted. */
  snapshotsPerProject: 100,
  /** More endpoints than a branch has roles (a writer, some readers) are a mistake. */
  endpointsPerBranch: 20,
  /** Neon's numbers. */
  rolesPerBranch: 500,
  databasesPerBranch: 500,
  branchListMax: 10_000,
  endpointNameChars: 64,
  /** Neon's numbers. */
  annotationProperties: 50,
  annotationValueChars: 1024,
  /** Of a backup schedule: one of each frequency, and some to spare. */
  backupScheduleItems: 10,
  snapshotRetentionMinSeconds: 3600,
  /** What the catalog's column holds: 68 years. */
  branchLifetimeSeconds: 2_147_483_647,
  /** How long a deleted branch can be recovered, where its data shares its bytes with others; Neon's number. */
  branchRecoverySeconds: 604_800,
  /** The same of a deleted project, with all that is in it; Neon's number. */
  projectRecoverySeconds: 604_800,
  /** A project is signed in to by a provider or two; each is asked for its keys. */
  jwksPerProject: 20,
  jwksRoleNames: 10,
  jwksTextChars: 2000,
  /** Each is a compute of its own, with its memory; a person looks at two or three, a script at some more. */
  pastMomentsPerProject: 8,
  /** A schema as SQL, as JSON, or what tells two apart: ten thousand tables take about 10 MB. */
  schemaBytes: 16_777_216,
  /** Neon's number. */
  apiKeyNameChars: 64,
  /** A listing gives all of them; a team and its pipelines have some dozens. */
  apiKeys: 1000,
  /** Neon's number. */
  apiRequestsPerMinute: 700,
  /** Neon's number: of one route, by one key. */
  apiRequestsPerSecondOfRoute: 40,
  /** Reads of operations: Terraform looks at each unfinished one ten times a second, and at a hundred at once. */
  operationReadsPerSecond: 1000,
  /** Of one address, before it has to wait; then one a second. A wrong key in a script is told so all the same. */
  failedAuthentications: 50,
  /** Long enough to look into what happened last quarter; a row is some 300 bytes. */
  auditDays: 90,
  /** Whatever happens, the log stays below a few hundred megabytes. The oldest rows go first. */
  auditRows: 1_000_000,
  /** Of those by nobody that we know: whoever knocks a lot must not push out what our own have done. */
  auditStrangerRows: 50_000,
  auditListMax: 1000,
  auditListDefault: 100,
  /** A UUID has 36; Stripe, whose header this is, takes 255. */
  idempotencyKeyChars: 255,
  /** Whoever tries again does so within minutes; a job that runs daily begins anew. */
  idempotencyHours: 24,
  /** Of the console's SQL editor. A script of more statements is a job for psql. */
  consoleQueryStatements: 1000,
  /** What a grid in a browser still holds in some tens of megabytes; an export of more is a job for psql's \copy. */
  consoleQueryRows: 100_000,
  consoleQueryBytes: 67_108_864,
  /** One row: larger ones are left out. A driver holds a whole row at a time. */
  consoleQueryRowBytes: 8_388_608,
  /** Ten minutes: longer ones are left to a client that does not end when a page is closed. */
  consoleQueryMs: 600_000,
  /** At once: each is a session of a compute, and a stream of this process. */
  consoleQueries: 20,
  /** Of what awake computes were found doing, once a minute; the longest that the console's charts go back. */
  samplesKeptDays: 7,
  /** Starts and stops that a chart of seven days is drawn with: a database that wakes every ten minutes has as many. */
  monitoredTurns: 2016,
  /** Sessions that are told at once; with more, people look by SQL. */
  monitoredSessions: 500,
  /** The slowest of all that Postgres has counted. */
  slowStatements: 50,
  slowStatementChars: 10_000,
  /** At once, waiting ones included: each looks into two computes. */
  consoleMigrationReads: 8,
  /** The editor's list has all of them with their SQL: some megabytes at the most. */
  savedQueriesPerProject: 200,
  savedQueryChars: 20_000,
  savedQueryNameChars: 100,
  /** More than anybody mends at a time; the worst come first. */
  advisorIssues: 1000,
  advisorIssuesPerLint: 200,
  /** Neon's numbers, of a page of what was used; each project or branch is some hundred frames. */
  consumptionProjects: 10,
  consumptionProjectsMax: 100,
  consumptionBranches: 100,
  consumptionBranchesMax: 1000,
  consumptionIds: 100,
  projectListDefault: 10,
  projectListMax: 400,
  operationListMax: 1000,
  /** Neon forgets operations after six months. */
  operationsKeptDays: 180,
  /** Wakes and idle suspends, which no call asked for: a database that is used now and then has hundreds a day. */
  wakesKeptDays: 60,
  suspendTimeoutMaxSeconds: 604_800,
  historyRetentionMaxSeconds: 2_592_000,
  /** Neon's documented least; 0 (the default) and -1 (never) stand beside it. */
  suspendTimeoutMinSeconds: 60,
  /** The largest size that is documented. A machine that has less gives what it has. */
  computeUnitsMax: 56,
  /** Neon's rule for autoscaling: the two sizes may lie so many compute units apart. */
  computeUnitsApart: 8,
  /** Each connection compares its address with all of them. */
  allowedIps: 200,
  /** Postgres has some 350; nobody chooses half of them by hand. */
  pgSettings: 150,
  /** The longest that make sense are lists of roles or of libraries. */
  pgSettingChars: 2000,
  /** There are about twenty that anybody preloads. */
  preloadLibraries: 30,
  /** Startup packets beyond it are refused unread: PG's own limit is 10,000 (MAX_STARTUP_PACKET_LENGTH). */
  startupPacketBytes: 10_000,
  /** A SASL or password message: real ones are below 200 bytes. */
  passwordMessageBytes: 512,
  /** A link that signs in to the console: as long as it takes to go from a terminal to a browser. */
  consoleLinkSeconds: 900,
  /** Links that have not been used; each is a line of memory. */
  consoleLinks: 100,
  /** Of the console: as long as people are used to. */
  consoleSessionSeconds: 2_592_000,
  /** Browsers that are signed in. */
  consoleSessions: 100,
  /** Pages that are told the news: each visible tab of a browser has one. */
  consoleStreamsPerSession: 20,
  consoleStreams: 500,
} as const
