// Numbers and names as people read them.

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `12.4 GB`: powers of ten, as disks are sold. */
export function bytes(count: number): string {
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `85 ms`, `3.2 s`, `4 min`, `2 h`, `6 d` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

export function ago(timestamp: string | undefined, now: number): string {
  if (timestamp === undefined) return 'never'
  const ms = now - Date.parse(timestamp)
  if (ms < 1000) return 'now'
  // The API writes whole seconds; a decimal would pretend to more.
  return ms < 10_000 ? `${Math.floor(ms / 1000)} s ago` : `${duration(ms)} ago`
}

/** Names and messages come from elsewhere: what would steer a terminal goes. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}
