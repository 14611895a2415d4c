// Moments as `<input type="datetime-local">` has them: in the browser's time zone, to the second.

const minuteMs = 60_000

export function toLocalInput(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * minuteMs)
  return local.toISOString().slice(0, 19)
}

/** Undefined: it is no time yet. */
export function fromLocalInput(text: string): number | undefined {
  const ms = new Date(text).getTime()
  return text === '' || Number.isNaN(ms) ? undefined : ms
}

/** `Nov 25, 2026, 6:40:12 PM` where the reader is. */
export function timeText(ms: number): string {
  return new Date(ms).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })
}

/** `2026-11-25 18:40:12 UTC`, which is the same for everybody. */
export function utcText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
