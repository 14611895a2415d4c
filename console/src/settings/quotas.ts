// Quotas, in the units in which people think of them.

import type * as routes from '../../../src/contract/routes/index.ts'
import type { Reply } from '../api/call.ts'

export type Quota = NonNullable<Reply<typeof routes.getProject>['project']['settings']['quota']>

interface QuotaField {
  name: keyof Quota
  label: string
  hint: string
  /** How many of the API's units are one of the form's. */
  size: number
}

const hour = 3600
const gigabyte = 1_000_000_000

export const quotaFields: readonly QuotaField[] = [
  {
    name: 'active_time_seconds',
    label: 'Active time (hours a month)',
    hint: 'For how long computes run, by the clock.',
    size: hour,
  },
  {
    name: 'compute_time_seconds',
    label: 'Compute time (CU hours a month)',
    hint: 'The same, times their size.',
    size: hour,
  },
  {
    name: 'written_data_bytes',
    label: 'Written data (GB a month)',
    hint: 'WAL that is written.',
    size: gigabyte,
  },
  {
    name: 'data_transfer_bytes',
    label: 'Data transfer (GB a month)',
    hint: 'What is sent to clients.',
    size: gigabyte,
  },
  {
    name: 'logical_size_bytes',
    label: 'Size of a branch (GB)',
    hint: 'A branch that is larger becomes read-only for new sessions until it is smaller again.',
    size: gigabyte,
  },
]

type QuotaTexts = Partial<Record<keyof Quota, string>>

/** 0 is unlimited, and shown as nothing. */
export function quotaTexts(quota: Quota): QuotaTexts {
  return Object.fromEntries(
    quotaFields
      .filter(({ name }) => quota[name])
      .map(({ name, size }) => [name, String((quota[name] ?? 0) / size)]),
  )
}

export function areSame(some: QuotaTexts, others: QuotaTexts): boolean {
  return quotaFields.every(({ name }) => some[name] === others[name])
}

/** Throws a RangeError that names the field whose text is no amount. */
export function quotaOf(texts: QuotaTexts): Quota {
  return Object.fromEntries(
    quotaFields.flatMap(({ name, label, size }) => {
      const text = (texts[name] ?? '').trim()
      if (text === '') return []
      const amount = Math.round(Number(text) * size)
      if (!Number.isSafeInteger(amount) || amount < 0)
        throw new RangeError(`${label}: “${text}” is no amount`)
      return [[name, amount]]
    }),
  )
}
