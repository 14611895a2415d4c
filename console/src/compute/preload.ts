// Libraries that a compute loads at its start, in their order.

/** What is worth knowing beside the server's own description. */
export const preloadNotes: Readonly<Record<string, string>> = {
  pg_stat_statements:
    'Counts every statement, with its time: what Monitoring shows as the slowest. It costs each wake about 2 ms, and statements next to nothing.',
  auto_explain: 'It does nothing until auto_explain.log_min_duration is chosen among the settings.',
  pg_cron: 'Its jobs run while the compute is awake, and do not wake it.',
  pg_prewarm: 'It reads at each wake what was in memory before: wakes are busier for it.',
}

/** One place up (-1) or down (1); where there is none, all stays. */
export function moved(libraries: readonly string[], name: string, by: -1 | 1): string[] {
  const at = libraries.indexOf(name)
  const to = at + by
  if (at < 0 || to < 0 || to >= libraries.length) return [...libraries]
  const others = libraries.filter(one => one !== name)
  return [...others.slice(0, to), name, ...others.slice(to)]
}

export function areSameLibraries(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index])
}
