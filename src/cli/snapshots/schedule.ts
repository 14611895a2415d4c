import { type Command, InvalidArgumentError, Option } from 'commander'
import * as routes from '../../contract/routes/index.ts'
import { type BackupFrequency, type BackupScheduleShape, backupFrequencies } from '../../contract/shapes.ts'
import { addCommand, type Context, wholeNumber } from '../command.ts'
import { usageError } from '../errors.ts'
import { duration, plain } from '../format.ts'
import { parseDuration } from '../moment.ts'
import type { Io } from '../output.ts'
import { resolveProject } from '../resolve.ts'
import { branchFlag, branchOfProject } from '../resolve-branch.ts'
import type { System } from '../system.ts'

type Item = BackupScheduleShape['schedule'][number]
type ScheduleOptions = {
  branch?: string
  every?: Every[]
  hour?: number
  day?: number
  month?: number
  off?: boolean
}
type Every = { frequency: BackupFrequency; keepSeconds: number | undefined }

export function addSnapshotSchedule(snapshots: Command, io: Io, system: System): void {
  addCommand<ScheduleOptions>(snapshots, io, system, {
    usage: 'schedule [project]',
    summary: 'show, set or end the schedule by which snapshots of a branch are made',
    details:
      'With --every the schedule is replaced as a whole. A frequency is hourly, daily, weekly, monthly or yearly, and may say how long its snapshots are kept. Times are UTC.',
    example:
      'pilotlight snapshots schedule shop\npilotlight snapshots schedule shop --every hourly:1d --every daily:30d --hour 3\npilotlight snapshots schedule shop --every weekly:8w --day 1 --hour 3\npilotlight snapshots schedule shop --off',
    options: [
      branchFlag('of which branch'),
      new Option('--every <frequency[:keep]>', 'hourly:1d, daily:30d, weekly, …; may be repeated').argParser(
        every,
      ),
      new Option('--hour <hour>', 'of the day, 0 to 23 (default: 0)').argParser(wholeNumber(0, 23)),
      new Option('--day <day>', 'of the week, 1 is Monday, or of the month (default: 1)').argParser(
        wholeNumber(1, 31),
      ),
      new Option('--month <month>', 'of the year, 1 to 12 (default: 1)').argParser(wholeNumber(1, 12)),
      new Option('--off', 'no snapshots by schedule any more').conflicts('every'),
    ],
    run: schedule,
  })
}

function every(text: string, before: Every[] = []): Every[] {
  const [frequency, keep] = text.split(':', 2)
  const keepSeconds = keep === undefined ? undefined : parseDuration(keep)
  if (!isFrequency(frequency) || (keep !== undefined && keepSeconds === undefined)) {
    throw new InvalidArgumentError(
      `It takes ${backupFrequencies.join(', ')}, and perhaps how long to keep: daily:30d.`,
    )
  }
  return [...before, { frequency, keepSeconds }]
}

function isFrequency(text: string | undefined): text is BackupFrequency {
  return (backupFrequencies as readonly (string | undefined)[]).includes(text)
}

async function schedule(context: Context, [text]: string[], options: ScheduleOptions): Promise<void> {
  const { out, json } = context
  const { hour, day, month } = options
  if (!options.every && [hour, day, month].some(value => value !== undefined)) {
    throw usageError('--hour, --day and --month say when within --every', 'Add --every daily, for example.')
  }
  const client = await context.client()
  const project = await resolveProject(client, text)
  const branch = await branchOfProject(client, project.id, options.branch)
  const params = { project_id: project.id, branch_id: branch.id }
  if (options.every || options.off) {
    const items = (options.every ?? []).map(wanted => itemOf(wanted, options))
    await client.call(routes.setBackupSchedule, { params, body: { schedule: items } })
  }
  const shown = await client.call(routes.getBackupSchedule, { params })
  if (json) return out.json(shown)
  out.line(`Branch ${plain(branch.name)} of project ${project.id}`)
  out.table(
    ['EVERY', 'WHEN', 'KEPT'],
    shown.schedule.map(item => [
      item.frequency,
      whenText(item),
      item.retention_seconds === undefined ? 'until deleted' : duration(item.retention_seconds * 1000),
    ]),
    'No snapshots are made by schedule.',
  )
}

/** Of what was asked for, what the frequency knows. */
function itemOf({ frequency, keepSeconds }: Every, { hour, day, month }: ScheduleOptions): Item {
  return {
    frequency,
    ...(frequency !== 'hourly' && hour !== undefined && { hour }),
    ...(['weekly', 'monthly', 'yearly'].includes(frequency) && day !== undefined && { day }),
    ...(frequency === 'yearly' && month !== undefined && { month }),
    ...(keepSeconds !== undefined && { retention_seconds: keepSeconds }),
  }
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

function whenText({ frequency, hour = 0, day = 1, month = 1 }: Item): string {
  if (frequency === 'hourly') return 'on the hour'
  const time = `${String(hour).padStart(2, '0')}:00 UTC`
  if (frequency === 'daily') return time
  if (frequency === 'weekly') return `${weekdays[day - 1]}, ${time}`
  return frequency === 'monthly' ? `day ${day}, ${time}` : `month ${month}, day ${day}, ${time}`
}
