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
  projectListDefault: 10,
  projectListMax: 400,
  operationListMax: 1000,
  suspendTimeoutMaxSeconds: 604_800,
  historyRetentionMaxSeconds: 2_592_000,
  /** Startup packets beyond it are refused unread: PG's own limit is 10,000 (MAX_STARTUP_PACKET_LENGTH). */
  startupPacketBytes: 10_000,
  /** A SASL or password message: real ones are below 200 bytes. */
  passwordMessageBytes: 512,
} as const
