import type { ReactNode } from 'react'
import type { MetricPoint, Metrics } from '../../../src/contract/console-monitoring.ts'
import { bytesText } from '../lib/bytes.ts'
import { durationMsText } from '../lib/duration.ts'
import { classes } from '../ui/classes.ts'
import { countText, processorText, shareText } from './value-text.ts'

/** What the compute does at this moment. `last`: with what happened since the look before. */
export function NowSection({ now, last }: { now: Metrics; last: MetricPoint | undefined }) {
  const { figures, use } = now
  return (
    <section aria-labelledby="now-title">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <h2 id="now-title" className="font-medium text-lg">
          Now
        </h2>
        <p className="text-ink-soft text-sm">
          Awake, and looked at every 5 seconds while this page is in view. That does not keep it awake.
        </p>
      </div>
      {figures === null ? (
        <p className="text-ink-soft text-sm">It does not answer at this moment. This page asks again.</p>
      ) : (
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
          <Tile name="Connections" value={`${openOf(figures)} of ${figures.connections.max}`}>
            {figures.connections.active} active, {figures.connections.idle} idle,{' '}
            {figures.connections.idle_in_transaction} idle in a transaction
          </Tile>
          <Tile name="Transactions" value={perSecond(sumOf(last?.commits, last?.rollbacks))}>
            {last?.rollbacks == null
              ? 'measured at the next look'
              : `${countText(last.rollbacks)} rolled back`}
          </Tile>
          <Tile name="Cache hit rate" value={last?.hit_rate == null ? '–' : shareText(last.hit_rate)}>
            {last?.hit_rate == null
              ? 'no page was needed since the last look'
              : 'of the pages that were needed'}
          </Tile>
          <Tile name="Processor" value={last?.cpu == null ? '–' : processorText(last.cpu)}>
            {use ? `100% is one; it may use ${countText(use.cpus)}` : 'this machine does not tell'}
          </Tile>
          <Tile name="Memory" value={use ? bytesText(use.memory_bytes) : '–'}>
            {use
              ? `of ${bytesText(use.memory_max_bytes)}, without the cache of files`
              : 'this machine does not tell'}
          </Tile>
          <Tile name="Longest transaction" value={durationMsText(Math.round(figures.longest_transaction_ms))}>
            {figures.longest_transaction_ms > 0 ? 'an open one keeps the compute awake' : 'none is open'}
          </Tile>
          <Tile
            name="Waiting for a lock"
            value={String(figures.locks_waiting)}
            isBad={figures.locks_waiting > 0}
          >
            {figures.locks_waiting > 0 ? 'see below who is in their way' : 'nobody'}
          </Tile>
          <Tile name="Deadlocks" value={String(figures.counters.deadlocks)}>
            since the statistics began
          </Tile>
        </dl>
      )}
    </section>
  )
}

function Tile({
  name,
  value,
  isBad = false,
  children,
}: {
  name: string
  value: string
  isBad?: boolean
  children: ReactNode
}) {
  return (
    <div className="rounded-lg border border-line bg-raised p-3">
      <dt className="text-ink-soft text-xs">{name}</dt>
      <dd>
        <span className={classes('block font-semibold text-xl tabular-nums', isBad && 'text-bad')}>
          {value}
        </span>
        <span className="block text-ink-soft text-xs">{children}</span>
      </dd>
    </div>
  )
}

const openOf = ({ connections }: NonNullable<Metrics['figures']>): number =>
  connections.active + connections.idle + connections.idle_in_transaction

const sumOf = (one?: number | null, other?: number | null): number | null =>
  one == null || other == null ? null : one + other

const perSecond = (rate: number | null): string => (rate === null ? '–' : `${countText(rate)}/s`)
