// What the types of columns are called. Postgres's own are known here; those of extensions, enums and the like are asked
// for, in a session of its own: the one with the statement is busy with its rows by then.

import type { ClientSession } from './client-session.ts'

export interface ColumnType {
  oid: number
  typmod: number
}

/** pg_type.dat: oids below 10,000 never change. */
const names: Record<number, string> = {
  ...{ 16: 'boolean', 17: 'bytea', 18: '"char"', 19: 'name', 20: 'bigint', 21: 'smallint', 22: 'int2vector' },
  ...{
    23: 'integer',
    24: 'regproc',
    25: 'text',
    26: 'oid',
    27: 'tid',
    28: 'xid',
    29: 'cid',
    30: 'oidvector',
  },
  ...{ 114: 'json', 142: 'xml', 194: 'pg_node_tree', 600: 'point', 601: 'lseg', 602: 'path', 603: 'box' },
  ...{ 604: 'polygon', 628: 'line', 650: 'cidr', 700: 'real', 701: 'double precision', 718: 'circle' },
  ...{
    790: 'money',
    829: 'macaddr',
    869: 'inet',
    1033: 'aclitem',
    1042: 'character',
    1043: 'character varying',
  },
  ...{ 1082: 'date', 1083: 'time without time zone', 1114: 'timestamp without time zone' },
  ...{ 1184: 'timestamp with time zone', 1186: 'interval', 1266: 'time with time zone', 1560: 'bit' },
  ...{
    1562: 'bit varying',
    1700: 'numeric',
    2205: 'regclass',
    2206: 'regtype',
    2249: 'record',
    2278: 'void',
  },
  ...{ 2950: 'uuid', 3220: 'pg_lsn', 3614: 'tsvector', 3615: 'tsquery', 3734: 'regconfig', 3802: 'jsonb' },
  ...{ 3904: 'int4range', 3906: 'numrange', 3908: 'tsrange', 3910: 'tstzrange', 3912: 'daterange' },
  ...{ 3926: 'int8range', 4072: 'jsonpath', 4089: 'regnamespace', 4096: 'regrole', 5069: 'xid8' },
}

const elements: Record<number, number> = {
  ...{ 199: 114, 143: 142, 1000: 16, 1001: 17, 1002: 18, 1003: 19, 1005: 21, 1007: 23, 1009: 25, 1014: 1042 },
  ...{ 1015: 1043, 1016: 20, 1021: 700, 1022: 701, 1028: 26, 1034: 1033, 1041: 869, 1115: 1114, 1182: 1082 },
  ...{ 1183: 1083, 1185: 1184, 1187: 1186, 1231: 1700, 1270: 1266, 2951: 2950, 3807: 3802 },
}

/** The header that Postgres counts into a length (VARHDRSZ). */
const headerBytes = 4

/** As format_type() writes it; undefined: it has to be asked for. */
function knownTypeName({ oid, typmod }: ColumnType): string | undefined {
  const element = elements[oid]
  if (element !== undefined) {
    const name = knownTypeName({ oid: element, typmod })
    return name === undefined ? undefined : `${name}[]`
  }
  const name = names[oid]
  if (name === undefined) return undefined
  // Without a length these two are not what SQL calls so, which would be of length one.
  if (typmod < 0) return { 1042: 'bpchar', 1560: '"bit"' }[oid] ?? name
  switch (oid) {
    case 1042:
    case 1043:
      return `${name}(${typmod - headerBytes})`
    case 1560:
    case 1562:
      return `${name}(${typmod})`
    case 1700: {
      const precision = ((typmod - headerBytes) >> 16) & 0xffff
      // Eleven bits with a sign.
      const scale = (((typmod - headerBytes) & 0x7ff) ^ 1024) - 1024
      return `${name}(${precision},${scale})`
    }
    case 1083:
    case 1114:
    case 1184:
    case 1266:
      return name.replace(/^\w+/, word => `${word}(${typmod})`)
    default:
      return undefined
  }
}

type Session = Pick<ClientSession, 'query' | 'close'>

export class TypeNames {
  readonly #open: () => Promise<Session>
  readonly #known = new Map<string, string>()
  #session: Promise<Session> | undefined
  #asking: Promise<unknown> = Promise.resolve()

  /** `open`: a session on the same database, for these questions alone. */
  constructor(open: () => Promise<Session>) {
    this.#open = open
  }

  /** Undefined where one of them has to be asked for. */
  known(types: ColumnType[]): string[] | undefined {
    const found = types.map(type => knownTypeName(type) ?? this.#known.get(keyOf(type)))
    return found.every(name => name !== undefined) ? found : undefined
  }

  /** Nothing is being asked: the next statement may drop what the last has told of. */
  async settled(): Promise<void> {
    await this.#asking
  }

  /** Never rejects: a type that cannot be asked for is called by its number. */
  ask(types: ColumnType[]): Promise<string[]> {
    const answer = this.#asking.then(() => this.#ask(types))
    this.#asking = answer
    return answer
  }

  async #ask(types: ColumnType[]): Promise<string[]> {
    const unknown = types.filter(type => this.known([type]) === undefined)
    try {
      this.#session ??= this.#open()
      const rows = await (await this.#session).query<{ name: string }>(
        'select format_type(oid, typmod) as name from unnest($1::oid[], $2::int4[]) with ordinality as t(oid, typmod, n) order by n',
        [unknown.map(({ oid }) => oid), unknown.map(({ typmod }) => typmod)],
      )
      unknown.forEach((type, index) => {
        const name = rows[index]?.name
        // Not there: made in a transaction that nobody else sees yet.
        if (name !== undefined && name !== '???') this.#known.set(keyOf(type), name)
      })
    } catch {
      // It may have failed at this alone (too late, say), and would stay open.
      await this.close()
      this.#session = undefined
    }
    return types.map(type => knownTypeName(type) ?? this.#known.get(keyOf(type)) ?? `oid ${type.oid}`)
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    await session?.close()
  }
}

const keyOf = ({ oid, typmod }: ColumnType): string => `${oid}:${typmod}`
