import type { Command } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import type { MachineShape } from '../../contract/shapes.ts'
import { addCommand, type Context } from '../command.ts'
import { ExitStatus } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io, Output, Tone } from '../output.ts'
import type { System } from '../system.ts'
import type { Check, Finding, Outcome, Surroundings } from './check.ts'
import { checks } from './checks.ts'

export function addDoctor(program: Command, io: Io, system: System): void {
  addCommand(program, io, system, {
    usage: 'doctor',
    summary: 'look for what is missing or wrong on this machine, and say what to do',
    details:
      'Works also while nothing runs. Exits with 1 if something fails, with 0 if there are only warnings.',
    example: 'pilotlight doctor',
    run: doctor,
  })
}

async function doctor(context: Context): Promise<void> {
  const { out, json, system, io, place } = context
  const api = await askMachine(context)
  const findings = await runChecks({ system, env: io.env, place, ...api })
  if (json) out.json(findings)
  else print(out, findings)
  if (findings.some(({ outcome }) => outcome === 'fail')) throw new ExitStatus(exitCodes.failure)
}

async function askMachine(context: Context): Promise<Pick<Surroundings, 'machine' | 'apiError'>> {
  try {
    const machine: MachineShape = await (await context.client()).call(routes.getMachine, {})
    return { machine, apiError: undefined }
  } catch (error) {
    return { machine: undefined, apiError: error as Error }
  }
}

export type NamedFinding = Finding & { name: string }

/** A check that cannot look is a finding too: the others still say what they see. */
export async function runChecks(around: Surroundings, list: Check[] = checks): Promise<NamedFinding[]> {
  return await Promise.all(
    list.map(async ({ name, look }) => {
      try {
        return { name, ...(await look(around)) }
      } catch (error) {
        return {
          name,
          outcome: 'warn' as const,
          found: `this could not be looked at: ${(error as Error).message}`,
        }
      }
    }),
  )
}

const tones: Record<Outcome, Tone> = { ok: 'good', warn: 'doubtful', fail: 'bad', skip: 'quiet' }

function print(out: Output, findings: NamedFinding[]): void {
  const width = Math.max(...findings.map(({ name }) => name.length))
  const indent = ' '.repeat('warn  '.length + width + 2)
  for (const { outcome, name, found, remedy } of findings) {
    out.line(`${out.tone(outcome.padEnd(4), tones[outcome])}  ${name.padEnd(width)}  ${found}`)
    if (remedy) out.line(`${indent}${remedy.replaceAll('\n', `\n${indent}`)}`)
  }
  const count = (wanted: Outcome) => findings.filter(({ outcome }) => outcome === wanted).length
  out.line()
  out.line(`${count('ok')} ok, ${counted(count('warn'), 'warning')}, ${counted(count('fail'), 'failure')}`)
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
