// GET /api/console/events: what has changed, by noun, for pages to read it anew. It holds no more than that.

/** `activity`: bytes flow in a compute, or sessions came and went. */
export const newsNouns = [
  'projects',
  'branches',
  'endpoints',
  'operations',
  'snapshots',
  'roles',
  'databases',
  'activity',
] as const
export type NewsNoun = (typeof newsNouns)[number]

/**
 * An event `news`. By noun, the projects in which something changed; `*`: it may be any. The first event of a stream is
 * `hello`, without data: whatever was read before may be old.
 */
export type News = Partial<Record<NewsNoun, string[]>>

/** At most one message in so long; what comes meanwhile is told at once by the next. */
export const newsIntervalMs = 200

/** Where nothing is new a comment comes, so that neither side, nor a proxy in between, takes the other for dead. */
export const newsBeatMs = 15_000
