// Moments, as Neon writes them.

/** Neon writes whole seconds and a Z; so do we. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}
