const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** `5 minutes`, `1 day`, `90 seconds`: the largest unit of which it is a whole number. */
export function durationText(seconds: number): string {
  const [name, size] = units.find(([, length]) => seconds !== 0 && seconds % length === 0) ?? units[3]
  const count = seconds / size
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** `350 ms`, `1.2 s`, `3 min 20 s`. */
export function durationMsText(durationMs: number): string {
  if (durationMs < 1000) return `${durationMs} ms`
  const seconds = durationMs / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
}

/** `2:10`, `1:00:05`: for what counts down. */
export function countdownText(durationMs: number): string {
  const seconds = Math.max(0, Math.ceil(durationMs / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
