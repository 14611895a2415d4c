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
 * `hello`, without data, and what changed in the last seconds before it follows: who has read what he shows less than
 * `newsRecallMs` before is told of all that has changed since. Who comes back later reads everything anew.
 */
export type News = Partial<Record<NewsNoun, string[]>>

/** At most one message in so long; what comes meanwhile is told at once by the next. */
export const newsIntervalMs = 200

export const newsRecallMs = 5000

/** So often an event `beat` comes, without data: neither side, nor a proxy in between, then takes the other for dead. */
export const newsBeatMs = 15_000
