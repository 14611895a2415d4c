// Why a compute is awake or asleep, in sentences.

import type { AwakeCompute, ComputeInside, ConsoleCompute } from '../../../src/contract/console-computes.ts'
import { ageText } from '../lib/age.ts'
import { countdownText } from '../lib/duration.ts'
import { askerText, sleepReasonText } from '../operations/cause-text.ts'

const counted = (count: number, one: string, many: string) =>
  count === 1 ? `one ${one}` : `${count} ${many}`

/** What holds it awake however quiet it is; most of all what is forgotten easily. */
function keepersOf(inside: ComputeInside | null, held: boolean, nowMs: number): string[] {
  const list: string[] = []
  const since = inside?.busy_since ? ` (begun ${ageText(inside.busy_since, nowMs)})` : ''
  if (held) list.push('work of Pilotlight’s own')
  if (!inside) return list
  if (inside.running_statements > 0) {
    list.push(`${counted(inside.running_statements, 'statement that runs', 'statements that run')}${since}`)
  }
  if (inside.open_transactions > 0) {
    list.push(`${counted(inside.open_transactions, 'open transaction', 'open transactions')}${since}`)
  }
  if (inside.replication_senders > 0) {
    list.push(counted(inside.replication_senders, 'replication connection', 'replication connections'))
  }
  if (inside.subscriptions > 0) list.push(counted(inside.subscriptions, 'subscription', 'subscriptions'))
  if (inside.vacuums > 0) list.push('a vacuum')
  return list
}

/** When it will sleep, or what keeps it from that. */
export function sleepSentence(awake: AwakeCompute, nowMs: number): string {
  if (awake.suspends_at === null) return 'It never sleeps by itself: that is how it is set.'
  const left = countdownText(Date.parse(awake.suspends_at) - nowMs)
  const keepers = keepersOf(awake.inside, awake.held, nowMs)
  if (keepers.length === 0) return `Sleeps in ${left} unless used.`
  return `Kept awake by ${listText(keepers)}; looked at again in ${left}.`
}

/** Idle sessions keep nothing awake, which people expect they would. */
export function sessionsSentence(awake: AwakeCompute): string {
  if (awake.sessions === 0) return 'No connection is open.'
  const open = awake.sessions === 1 ? 'One connection is open' : `${awake.sessions} connections are open`
  const isIdle = awake.inside?.running_statements === 0 && awake.inside.open_transactions === 0
  return isIdle ? `${open}, idle: that alone does not keep it awake.` : `${open}.`
}

/** `Woken 3 minutes ago by …`; undefined: nothing is known. */
export function wokenSentence({ woken, state }: ConsoleCompute, nowMs: number): string | undefined {
  if (!woken) return undefined
  const by = `by ${askerText(woken.cause)}`
  if (woken.error !== null) return `Could not be woken ${ageText(woken.at, nowMs)} ${by}: ${woken.error}`
  if (state === 'starting') return `Being woken ${by}.`
  return state === 'running' || state === 'stopping' ? `Woken ${ageText(woken.at, nowMs)} ${by}.` : undefined
}

/** `Asleep since 3 minutes ago: nobody had used it for 5 minutes.` */
export function sleptSentence({ slept, state }: ConsoleCompute, nowMs: number): string | undefined {
  if (!slept || state === 'running' || state === 'starting') return undefined
  const reason = sleepReasonText(slept.cause)
  if (slept.error !== null) return `Could not be sent to sleep ${ageText(slept.at, nowMs)}: ${slept.error}`
  return state === 'stopping'
    ? `Going to sleep: ${reason}.`
    : `Fell asleep ${ageText(slept.at, nowMs)}: ${reason}.`
}

function listText(list: string[]): string {
  const last = list.at(-1) ?? ''
  return list.length < 2 ? last : `${list.slice(0, -1).join(', ')} and ${last}`
}
