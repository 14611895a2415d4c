// What EXPLAIN (FORMAT JSON) answers, and what people want to know of it: where the time goes, and where the planner was wrong.
// https://www.postgresql.org/docs/current/using-explain.html

type Json = Record<string, unknown>

export interface PlanNode {
  /** `Index Scan` */
  type: string
  /** What it is about: `orders o using orders_pkey`. */
  subject: string
  /** Of a CTE or a subplan: `CTE recent`. */
  subplan: string | undefined
  depth: number
  totalCost: number
  /** Without its children. */
  ownCost: number
  /** Of itself, without its children: of time where it was run, else of cost. From 0 to 1. */
  share: number
  /** In all, of all its loops; undefined where it was not run, or without timing. */
  ms: number | undefined
  /** Without its children. */
  ownMs: number | undefined
  loops: number | undefined
  /** Of one loop. */
  planRows: number
  actualRows: number | undefined
  /** How far the planner was off, at least 1: by that factor there were more or fewer rows than it believed. */
  misestimate: number
  /** Blocks of itself, without its children. */
  buffers: Buffers | undefined
  /** Conditions, sort keys and the like, in Postgres's words. */
  details: (readonly [name: string, value: string])[]
}

export interface Buffers {
  hit: number
  read: number
  dirtied: number
  written: number
  temp: number
}

export interface Plan {
  /** In the order of EXPLAIN's own text: each before its children. */
  nodes: PlanNode[]
  wasRun: boolean
  planningMs: number | undefined
  executionMs: number | undefined
  triggers: { name: string; ms: number; calls: number }[]
  jitMs: number | undefined
}

/** Undefined: it is none. */
export function parsePlan(json: string): Plan | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(json)
  } catch {
    return undefined
  }
  const [root] = Array.isArray(parsed) ? (parsed as Json[]) : []
  if (!root || typeof root.Plan !== 'object' || root.Plan === null) return undefined
  const plan = new Measured(root.Plan as Json, 0, 1)
  const measured = [...plan.all()]
  claimCtes(measured)
  // ANALYZE tells no times where it was asked not to.
  const whole = (plan.ms ?? plan.totalCost) || 1
  return {
    nodes: measured.map(node =>
      node.node((plan.ms === undefined ? node.ownCost : (node.ownMs ?? 0)) / whole),
    ),
    wasRun: numberOf(root.Plan as Json, 'Actual Loops') !== undefined,
    planningMs: numberOf(root, 'Planning Time'),
    executionMs: numberOf(root, 'Execution Time'),
    triggers: listOf(root, 'Triggers').map(trigger => ({
      name: [trigger['Trigger Name'], trigger.Relation].filter(Boolean).join(' on '),
      ms: numberOf(trigger, 'Time') ?? 0,
      calls: numberOf(trigger, 'Calls') ?? 0,
    })),
    jitMs: numberOf(((root.JIT as Json | undefined)?.Timing as Json | undefined) ?? {}, 'Total'),
  }
}

class Measured {
  readonly json: Json
  readonly depth: number
  readonly children: Measured[]
  readonly totalCost: number
  /** Of all loops together; of parallel workers, which run at the same time, their mean. */
  readonly ms: number | undefined
  /** What runs while it runs: what is below it, and a CTE where it is asked for first. See claimCtes. */
  readonly inside: Measured[]

  constructor(json: Json, depth: number, processes: number) {
    this.json = json
    this.depth = depth
    const workers = numberOf(json, 'Workers Launched') ?? 0
    this.children = listOf(json, 'Plans').map(
      child => new Measured(child, depth + 1, workers > 0 ? workers + 1 : processes),
    )
    this.totalCost = numberOf(json, 'Total Cost') ?? 0
    const perLoopMs = numberOf(json, 'Actual Total Time')
    const loops = numberOf(json, 'Actual Loops') ?? 0
    // What a worker starts by itself it runs alone.
    const atOnce = Math.min(processes, Math.max(loops, 1))
    this.ms = perLoopMs === undefined ? undefined : (perLoopMs * loops) / atOnce
    this.inside = this.children.filter(child => child.cte === undefined)
  }

  get ownMs(): number | undefined {
    if (this.ms === undefined) return undefined
    return Math.max(0, this.ms - sum(this.inside.map(({ ms = 0 }) => ms)))
  }

  /** Other than the time of a CTE, the planner adds its cost where it hangs. */
  get ownCost(): number {
    return Math.max(0, this.totalCost - sum(this.children.map(({ totalCost }) => totalCost)))
  }

  get cte(): string | undefined {
    return /^CTE (.+)$/.exec(textOf(this.json, 'Subplan Name') ?? '')?.[1]
  }

  *all(): Generator<Measured> {
    yield this
    for (const child of this.children) yield* child.all()
  }

  node(share: number): PlanNode {
    const { json } = this
    const planRows = numberOf(json, 'Plan Rows') ?? 0
    const loops = numberOf(json, 'Actual Loops')
    const actualRows = loops === 0 ? undefined : numberOf(json, 'Actual Rows')
    return {
      type: typeOf(json),
      subject: subjectOf(json),
      subplan: textOf(json, 'Subplan Name'),
      depth: this.depth,
      totalCost: this.totalCost,
      ownCost: this.ownCost,
      share: Math.min(1, share),
      ms: this.ms,
      ownMs: this.ownMs,
      ...{ loops, planRows, actualRows },
      misestimate: actualRows === undefined ? 1 : factorOf(planRows, actualRows),
      buffers: this.#buffers(),
      details: detailsOf(json),
    }
  }

  #buffers(): Buffers | undefined {
    if (numberOf(this.json, 'Shared Hit Blocks') === undefined) return undefined
    const own = (...names: string[]) => {
      const of = (json: Json) => sum(names.map(name => numberOf(json, name) ?? 0))
      return Math.max(0, of(this.json) - sum(this.inside.map(({ json }) => of(json))))
    }
    return {
      hit: own('Shared Hit Blocks', 'Local Hit Blocks'),
      read: own('Shared Read Blocks', 'Local Read Blocks'),
      dirtied: own('Shared Dirtied Blocks', 'Local Dirtied Blocks'),
      written: own('Shared Written Blocks', 'Local Written Blocks'),
      temp: own('Temp Read Blocks', 'Temp Written Blocks'),
    }
  }
}

/** A CTE runs while its first scan asks for rows: its time and its buffers are within that scan's, though it hangs elsewhere. */
function claimCtes(nodes: Measured[]): void {
  for (const cte of nodes) {
    if (cte.cte === undefined) continue
    nodes.find(({ json }) => json['CTE Name'] === cte.cte)?.inside.push(cte)
  }
}

function typeOf(json: Json): string {
  const type = textOf(json, 'Node Type') ?? 'Unknown'
  const joinType = textOf(json, 'Join Type')
  const named = [
    json['Parallel Aware'] === true && 'Parallel',
    textOf(json, 'Partial Mode') === 'Simple' ? undefined : textOf(json, 'Partial Mode'),
    type === 'Aggregate' ? aggregates[textOf(json, 'Strategy') ?? ''] : undefined,
    type === 'ModifyTable' ? (textOf(json, 'Operation') ?? type) : type,
  ]
  const text = named.filter(Boolean).join(' ')
  if (joinType === undefined || joinType === 'Inner') return text
  return /Join$/.test(text) ? text.replace(/Join$/, `${joinType} Join`) : `${text} ${joinType} Join`
}

const aggregates: Record<string, string> = { Hashed: 'Hash', Sorted: 'Group', Mixed: 'Mixed' }

function subjectOf(json: Json): string {
  const relation = textOf(json, 'Relation Name') ?? textOf(json, 'Function Name') ?? textOf(json, 'CTE Name')
  const alias = textOf(json, 'Alias')
  const index = textOf(json, 'Index Name')
  const parts = [
    relation ?? alias,
    alias !== undefined && relation !== undefined && alias !== relation ? alias : undefined,
    index !== undefined && `using ${index}`,
  ]
  return parts.filter(Boolean).join(' ')
}

const shownElsewhere = new Set([
  ...['Node Type', 'Plans', 'Parent Relationship', 'Subplan Name', 'Parallel Aware', 'Async Capable'],
  ...['Partial Mode', 'Strategy', 'Join Type', 'Operation', 'Relation Name', 'Function Name', 'CTE Name'],
  ...['Alias', 'Index Name', 'Startup Cost', 'Total Cost', 'Plan Rows', 'Plan Width', 'Actual Startup Time'],
  ...['Actual Total Time', 'Actual Rows', 'Actual Loops', 'Disabled', 'Workers'],
])

function detailsOf(json: Json): (readonly [string, string])[] {
  return Object.entries(json)
    .filter(([name, value]) => !shownElsewhere.has(name) && !/ (Blocks|Time)$/.test(name) && value !== 0)
    .map(
      ([name, value]) => [name, Array.isArray(value) ? value.map(plain).join(', ') : plain(value)] as const,
    )
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function factorOf(planRows: number, actualRows: number): number {
  const [planned, actual] = [Math.max(1, planRows), Math.max(1, actualRows)]
  return Math.max(planned / actual, actual / planned)
}

function numberOf(json: Json, name: string): number | undefined {
  const value = json[name]
  return typeof value === 'number' ? value : undefined
}

function textOf(json: Json, name: string): string | undefined {
  const value = json[name]
  return typeof value === 'string' ? value : undefined
}

function listOf(json: Json, name: string): Json[] {
  const value = json[name]
  return Array.isArray(value) ? (value as Json[]) : []
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)
