// What main.ts may use of the command line: all commands but `up`, and what becomes of their errors.

import type { Command } from 'commander'
import { addAdvisors } from './advisors.ts'
import { addApiKeys } from './api-keys.ts'
import { addAudit } from './audit.ts'
import { addBranches } from './branches/branches.ts'
import { addConnectionString } from './connection-string.ts'
import { addConsole } from './console.ts'
import { addDatabases } from './databases.ts'
import { addDoctor } from './doctor/doctor.ts'
import { addEndpoints } from './endpoints.ts'
import { exitCodeMeanings } from './exit-codes.ts'
import { addOperations } from './operations.ts'
import { addOrgs } from './orgs.ts'
import type { Io } from './output.ts'
import { addPostgres } from './postgres.ts'
import { addProjects } from './projects.ts'
import { addPsql } from './psql.ts'
import { addRoles } from './roles.ts'
import { addSnapshots } from './snapshots/snapshots.ts'
import { addStatus } from './status.ts'
import { addStorage } from './storage.ts'
import { type System, system as thisSystem } from './system.ts'
import { addTrust } from './trust.ts'
import { addUsage } from './usage.ts'

export { exitCodeOf, reportError } from './errors.ts'
export { type ExitCode, exitCodeMeanings, exitCodes } from './exit-codes.ts'
export type { Io } from './output.ts'

/** In the order of the help. From here on a wrong command line is thrown to the caller, who ends with its exit code. */
export function addCommands(program: Command, io: Io, system: System = thisSystem): void {
  addStatus(program, io, system)
  addConsole(program, io, system)
  addDoctor(program, io, system)
  addProjects(program, io, system)
  addBranches(program, io, system)
  addSnapshots(program, io, system)
  addEndpoints(program, io, system)
  addOperations(program, io, system)
  addConnectionString(program, io, system)
  addPsql(program, io, system)
  addRoles(program, io, system)
  addDatabases(program, io, system)
  addApiKeys(program, io, system)
  addOrgs(program, io, system)
  addAudit(program, io, system)
  addPostgres(program, io, system)
  addStorage(program, io, system)
  addUsage(program, io, system)
  addAdvisors(program, io, system)
  addTrust(program, io, system)

  program.addHelpText('after', epilogue())
  ignoreClosedPipe(io)
  forEachCommand(program, command => {
    command.exitOverride()
    command.configureOutput({
      writeOut: text => io.stdout.write(text),
      writeErr: text => io.stderr.write(text),
    })
  })
}

function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const child of command.commands) forEachCommand(child, visit)
}

function epilogue(): string {
  const codes = exitCodeMeanings.map(([code, meaning]) => `  ${code}  ${meaning}`)
  return `
A project, a branch and a snapshot are named by id or name. Every command but psql has --json, for programs, and each has --help, with an example.

Exit codes:
${codes.join('\n')}`
}

/** `pilotlight projects list | head -1`: whoever reads us may stop. */
function ignoreClosedPipe({ stdout }: Io): void {
  if (!('on' in stdout)) return
  const stream = stdout as NodeJS.WritableStream
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
