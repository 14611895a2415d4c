// postmaster.pid, by which a running Postgres tells about itself (src/include/utils/pidfile.h). One value a line:
// pid, data directory, start time, port, socket directory, listen address, shared memory key, status.

export interface PidFile {
  pid: number
  dataDirectory: string
  startedAt: number | null
  port: number | null
  socketDirectory: string | null
  /** `ready` comes as soon as sessions are accepted. */
  status: 'starting' | 'stopping' | 'ready' | 'standby' | null
}

const statuses = new Set(['starting', 'stopping', 'ready', 'standby'])

/** Null where there is no pid in it: Postgres has just created the file, or it is damaged. Lines may still be missing. */
export function parsePidFile(text: string): PidFile | null {
  const lines = text.split('\n').map(line => line.trim())
  // The pid of a single-user backend is negative.
  if (!/^-?\d{1,10}$/.test(lines[0] ?? '')) return null
  const pid = Math.abs(Number(lines[0]))
  if (pid === 0) return null
  const number = (line: string | undefined) => (line && /^\d+$/.test(line) ? Number(line) : null)
  const status = lines[7] ?? ''
  return {
    pid,
    dataDirectory: lines[1] ?? '',
    startedAt: number(lines[2]),
    port: number(lines[3]),
    socketDirectory: lines[4] || null,
    status: statuses.has(status) ? (status as PidFile['status']) : null,
  }
}
