// Snapshots and their schedules, as they go over the Management API.

import { z } from 'zod'
import { limits } from '../limits.ts'
import { displayName, moment, pathText, timestamp } from './basics.ts'

export const snapshot = z.object({
  id: z.string(),
  name: z.string(),
  lsn: z.string().optional(),
  timestamp: timestamp.optional(),
  source_branch_id: z.string().optional(),
  created_at: timestamp,
  expires_at: timestamp.optional(),
  manual: z.boolean().optional(),
  full_size: z.number().int().optional(),
  diff_size: z.number().int().optional(),
})

export const snapshotUpdateBody = z.object({
  snapshot: z.object({
    name: displayName.optional(),
    /** Not in Neon's document, and of use. */
    expires_at: moment.nullable().optional(),
  }),
})

export const snapshotRestoreBody = z.object({
  name: displayName.optional(),
  target_branch_id: pathText.optional(),
  finalize_restore: z.boolean().optional(),
})

export const backupFrequencies = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

export type BackupFrequency = (typeof backupFrequencies)[number]

export const backupSchedule = z.object({
  schedule: z
    .array(
      z.object({
        frequency: z
          .string()
          .refine(
            text => (backupFrequencies as readonly string[]).includes(text),
            `must be one of ${backupFrequencies.join(', ')}`,
          ),
        /** All of them in UTC. */
        hour: z.number().int().min(0).max(23).optional(),
        /** Of a week, 1 is Monday; a month that is too short has it on its last day. */
        day: z.number().int().min(1).max(31).optional(),
        month: z.number().int().min(1).max(12).optional(),
        retention_seconds: z.number().int().min(limits.snapshotRetentionMinSeconds).optional(),
      }),
    )
    .max(limits.backupScheduleItems)
    .refine(
      list => list.every(({ frequency, day }) => frequency !== 'weekly' || day === undefined || day <= 7),
      'the day of a week is 1 to 7',
    )
    .refine(
      list => new Set(list.map(({ frequency }) => frequency)).size === list.length,
      'a frequency may stand there once',
    ),
})

export type SnapshotShape = z.infer<typeof snapshot>

export type BackupScheduleShape = z.infer<typeof backupSchedule>
