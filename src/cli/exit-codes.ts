// What the exit code of every command means; scripts rely on it.

export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notRunning: 3,
  notFound: 4,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** As `--help` shows them. */
export const exitCodeMeanings: [ExitCode, string][] = [
  [exitCodes.ok, 'done'],
  [exitCodes.failure, 'a fault of Pilotlight, of a compute or of the network; it may work later'],
  [exitCodes.usage, 'the command or its values are wrong; the same command fails again'],
  [exitCodes.notRunning, 'Pilotlight is not running'],
  [exitCodes.notFound, 'there is no such project, endpoint, role, …'],
]
