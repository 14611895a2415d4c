import { type ReactNode, useMemo, useState } from 'react'
import { laidOutJson } from '../../grid/json-layout.ts'
import { bytesText } from '../../lib/bytes.ts'
import { classes } from '../../ui/classes.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { type Buffers, type Plan, type PlanNode, parsePlan } from './plan.ts'

/** Where the planner was off by this or more, it may have chosen wrongly. */
const wrongEstimate = 10
/** Of the whole: a node that takes more is where to look first. */
const largeShare = 0.3
const blockBytes = 8192

/** Its nodes as a tree, each with what it took by itself. */
export function PlanView({ json }: { json: string }) {
  const plan = useMemo(() => parsePlan(json), [json])
  const [isWhole, setWhole] = useState(false)
  if (!plan) return null
  const hasBuffers = plan.nodes.some(({ buffers }) => buffers !== undefined)
  return (
    <section aria-label="Plan" className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
        <p>{factsOf(plan)}</p>
        <div className="flex flex-wrap gap-1">
          <label className="inline-flex items-center gap-2 px-2 text-sm">
            <input
              type="checkbox"
              checked={isWhole}
              onChange={event => setWhole(event.target.checked)}
              className="accent-flame"
            />
            Conditions and the like
          </label>
          <CopyButton label="Copy as JSON" text={() => laidOutJson(json)} />
        </div>
      </div>
      {plan.nodes.some(node => node.misestimate >= wrongEstimate) && (
        <p className="text-sm text-warn">
          Where rows are marked, the planner believed there were far fewer or more. ANALYZE of the table
          brings its statistics up to date.
        </p>
      )}
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
        tabIndex={0}
        className="overflow-x-auto rounded-lg border border-line bg-raised"
      >
        <table aria-label="Plan" className="w-full text-left text-sm">
          <thead className="text-ink-soft">
            <tr className="border-line border-b">
              <Heading>Node</Heading>
              <Heading isRight>{plan.wasRun ? 'Own time' : 'Own cost'}</Heading>
              <Heading isRight>{plan.wasRun ? 'Rows' : 'Rows, estimated'}</Heading>
              {plan.wasRun && <Heading isRight>Estimated</Heading>}
              {hasBuffers && <Heading>Buffers</Heading>}
            </tr>
          </thead>
          <tbody>
            {plan.nodes.map((node, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the nodes of a plan have no other name, and never move
              <NodeRow key={index} {...{ node, isWhole, hasBuffers }} wasRun={plan.wasRun} />
            ))}
          </tbody>
        </table>
      </div>
      {plan.triggers.length > 0 && (
        <ul className="text-sm" aria-label="Triggers">
          {plan.triggers.map(({ name, ms, calls }) => (
            <li key={name}>
              Trigger {name}: {msText(ms)}, called {calls.toLocaleString('en')} times
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Heading({ isRight, children }: { isRight?: true; children: ReactNode }) {
  return (
    <th scope="col" className={classes('px-3 py-2 font-medium', isRight && 'text-right')}>
      {children}
    </th>
  )
}

interface NodeRowProps {
  node: PlanNode
  wasRun: boolean
  isWhole: boolean
  hasBuffers: boolean
}

function NodeRow({ node, wasRun, isWhole, hasBuffers }: NodeRowProps) {
  const { type, subject, depth, subplan, share, ownMs, loops, planRows, actualRows, misestimate } = node
  const isWrong = misestimate >= wrongEstimate
  return (
    <tr className="border-line border-t align-top first:border-t-0">
      <td className="px-3 py-2">
        <div className="flex min-w-40 sm:min-w-56" style={{ paddingLeft: depth * 18 }}>
          {depth > 0 && (
            <span aria-hidden="true" className="mr-1 text-ink-soft">
              └
            </span>
          )}
          <div>
            <span className="sr-only">Level {depth + 1}: </span>
            <span className="font-medium">{type}</span> {subject !== '' && <code>{subject}</code>}
            {subplan !== undefined && <span className="block text-ink-soft text-xs">{subplan}</span>}
            {loops !== undefined && loops !== 1 && (
              <span className="block text-ink-soft text-xs">
                {loops === 0 ? 'never run' : `run ${loops.toLocaleString('en')} times`}
              </span>
            )}
            {isWhole && <Details node={node} />}
          </div>
        </div>
      </td>
      <td className="whitespace-nowrap px-3 py-2 text-right tabular-nums">
        {wasRun ? (ownMs === undefined ? '–' : msText(ownMs)) : numberText(node.ownCost)}
        <Share share={share} />
      </td>
      <td className="whitespace-nowrap px-3 py-2 text-right tabular-nums">
        {numberText(wasRun ? actualRows : planRows)}
      </td>
      {wasRun && (
        <td
          className={classes('whitespace-nowrap px-3 py-2 text-right tabular-nums', isWrong && 'text-warn')}
        >
          {numberText(planRows)}
          {isWrong && (
            <span className="block font-medium text-xs">
              {Math.round(misestimate).toLocaleString('en')}×{' '}
              {planRows < (actualRows ?? 0) ? 'too few' : 'too many'}
            </span>
          )}
        </td>
      )}
      {hasBuffers && <td className="px-3 py-2 text-xs">{node.buffers ? buffersText(node.buffers) : '–'}</td>}
    </tr>
  )
}

function Share({ share }: { share: number }) {
  return (
    <span className="mt-1 flex items-center justify-end gap-2 text-ink-soft text-xs">
      <span aria-hidden="true" className="h-1.5 w-20 overflow-hidden rounded-full bg-sunken">
        <span
          className={classes('block h-full', share >= largeShare ? 'bg-flame' : 'bg-ink-soft')}
          style={{ width: `${Math.round(share * 100)}%` }}
        />
      </span>
      {Math.round(share * 100)} %
    </span>
  )
}

function Details({ node: { details, totalCost, ms } }: { node: PlanNode }) {
  const all = [
    ...details,
    ['Total cost', totalCost.toLocaleString('en')],
    ...(ms === undefined ? [] : [['Time with what is below it', msText(ms)] as const]),
  ]
  return (
    <dl className="mt-1 space-y-0.5 text-xs">
      {all.map(([name, value]) => (
        <div key={name} className="flex flex-wrap gap-x-2">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="break-all font-mono [font-variant-ligatures:none]">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function factsOf({ wasRun, planningMs, executionMs, jitMs }: Plan): string {
  if (!wasRun) return 'Not run: costs are the planner’s, in its own unit.'
  return [
    executionMs !== undefined && `Run in ${msText(executionMs)}`,
    planningMs !== undefined && `planned in ${msText(planningMs)}`,
    jitMs !== undefined && `compiled in ${msText(jitMs)}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

function buffersText({ hit, read, dirtied, written, temp }: Buffers): string {
  const size = (blocks: number) => bytesText(blocks * blockBytes)
  const parts = [
    hit > 0 && `${size(hit)} in memory`,
    read > 0 && `${size(read)} read`,
    dirtied > 0 && `${size(dirtied)} changed`,
    written > 0 && `${size(written)} written`,
    temp > 0 && `${size(temp)} temporary`,
  ]
  return parts.filter(Boolean).join(', ') || 'none'
}

const msText = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms).toLocaleString('en')} ms`

const numberText = (value: number | undefined): string =>
  value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: 1 })
