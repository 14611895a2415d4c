import { timeText } from '../lib/local-time.ts'
import { momentOf } from './sql-search.ts'

/** Behind `as of`: `Nov 25, 2026, 6:40:12 PM`, `LSN 0/1DE2850`. */
export function momentTitle(at: string): string {
  const moment = momentOf(at)
  if (!moment) return at
  return 'lsn' in moment ? `LSN ${moment.lsn}` : timeText(Date.parse(moment.timestamp))
}
