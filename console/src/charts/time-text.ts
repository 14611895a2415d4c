const minuteMs = 60_000
const dayMs = 86_400_000

/** On an axis that is so long: `14:05`, or `Nov 25`. */
export function tickText(ms: number, spanMs: number): string {
  const at = new Date(ms)
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0
  if (spanMs > 2 * dayMs || isMidnight) return at.toLocaleDateString('en', { month: 'short', day: 'numeric' })
  return at.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** `Nov 25, 14:05`; to the second where points are that close, the day alone where they are days, which are UTC's. */
export function pointText(ms: number, stepMs: number): string {
  const at = new Date(ms)
  const day = { month: 'short', day: 'numeric' } as const
  if (stepMs >= dayMs) return at.toLocaleDateString('en', { ...day, timeZone: 'UTC' })
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return at.toLocaleString('en', { ...day, ...time, ...(stepMs <= minuteMs && { second: '2-digit' }) })
}
