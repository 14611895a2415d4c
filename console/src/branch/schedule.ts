// A backup schedule as a form: one row for each frequency, on or off.

import type * as routes from '../../../src/contract/routes/index.ts'
import type { BackupFrequency } from '../../../src/contract/shapes/snapshots.ts'
import type { Reply } from '../api/call.ts'
import { durationText } from '../lib/duration.ts'
import type { Choice } from '../lib/setting-choices.ts'

type ScheduleItem = Reply<typeof routes.getBackupSchedule>['schedule'][number]

export interface ScheduleRow {
  frequency: BackupFrequency
  isOn: boolean
  hour: number
  day: number
  month: number
  /** 0: until somebody deletes them. */
  keepSeconds: number
}

/** Of each frequency: what else it asks for, and for how long its snapshots are kept unless told otherwise. */
export const frequencies: Record<
  BackupFrequency,
  { title: string; asks: readonly ('hour' | 'day' | 'month')[]; days: number; keepSeconds: number }
> = {
  hourly: { title: 'Every hour', asks: [], days: 0, keepSeconds: 86_400 },
  daily: { title: 'Every day', asks: ['hour'], days: 0, keepSeconds: 604_800 },
  weekly: { title: 'Every week', asks: ['hour', 'day'], days: 7, keepSeconds: 2_592_000 },
  monthly: { title: 'Every month', asks: ['hour', 'day'], days: 31, keepSeconds: 31_536_000 },
  yearly: { title: 'Every year', asks: ['hour', 'day', 'month'], days: 31, keepSeconds: 0 },
}

export const keepChoices: readonly Choice[] = [
  [86_400, '1 day'],
  [604_800, '7 days'],
  [2_592_000, '30 days'],
  [31_536_000, '365 days'],
  [0, 'Until deleted'],
]

export const weekdays = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const

export const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
] as const

export function rowsOf(schedule: readonly ScheduleItem[]): ScheduleRow[] {
  return (Object.keys(frequencies) as BackupFrequency[]).map(frequency => {
    const item = schedule.find(one => one.frequency === frequency)
    return {
      ...{ frequency, isOn: item !== undefined },
      ...{ hour: item?.hour ?? 0, day: item?.day ?? 1, month: item?.month ?? 1 },
      keepSeconds: item ? (item.retention_seconds ?? 0) : frequencies[frequency].keepSeconds,
    }
  })
}

export function scheduleOf(rows: readonly ScheduleRow[]): ScheduleItem[] {
  return rows
    .filter(({ isOn }) => isOn)
    .map(row => ({
      frequency: row.frequency,
      ...Object.fromEntries(frequencies[row.frequency].asks.map(name => [name, row[name]])),
      ...(row.keepSeconds > 0 && { retention_seconds: row.keepSeconds }),
    }))
}

/** `Every week on Monday at 03:00 UTC, kept for 30 days`. */
export function scheduleText(row: ScheduleRow): string {
  const { title, asks } = frequencies[row.frequency]
  const day = row.frequency === 'weekly' ? ` on ${weekdays[row.day - 1]}` : ` on day ${row.day}`
  return [
    title,
    asks.includes('day') ? day : '',
    asks.includes('month') ? ` of ${months[row.month - 1]}` : '',
    asks.includes('hour') ? ` at ${String(row.hour).padStart(2, '0')}:00 UTC` : '',
    row.keepSeconds === 0 ? ', kept until deleted' : `, kept for ${durationText(row.keepSeconds)}`,
  ].join('')
}
