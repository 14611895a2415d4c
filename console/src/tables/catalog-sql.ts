// What is asked of pg_catalog: the list of tables, and everything about one of them.

import { literal } from './quoting.ts'
import type { TableDetails, TableName, TableSummary } from './table-details.ts'

/** More are found by SQL. */
export const tablesShown = 5000

/** Asks for no lock of any table, so that it answers while one is being altered. */
export const tablesSql = `
SELECT n.nspname, c.relname, c.relkind, c.reltuples::bigint, c.relispartition
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
ORDER BY n.nspname <> 'public', n.nspname, c.relname
LIMIT ${tablesShown + 1}`

export function readTables(rows: (string | null)[][]): TableSummary[] {
  return rows.map(([schema, name, kind, rowCount, isPartition]) => ({
    schema: schema!,
    name: name!,
    kind: kind as TableSummary['kind'],
    estimatedRows: knownRows(Number(rowCount)),
    isPartition: isPartition === 't',
  }))
}

/** One row with one JSON value; none where there is no such table. */
export function tableSql({ schema, name }: TableName): string {
  return `
SELECT pg_catalog.json_build_object(
  'schema', n.nspname,
  'name', c.relname,
  'kind', c.relkind,
  'estimatedRows', c.reltuples,
  'bytes', CASE WHEN c.relkind = 'p' THEN (SELECT sum(pg_catalog.pg_total_relation_size(p.relid))
    FROM pg_catalog.pg_partition_tree(c.oid) p) ELSE pg_catalog.pg_total_relation_size(c.oid) END,
  'hasRowSecurity', c.relrowsecurity,
  'hasHeirs', c.relkind = 'r' AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid),
  'hasForeignPartitions', c.relkind = 'p' AND EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) p
    JOIN pg_catalog.pg_class f ON f.oid = p.relid WHERE f.relkind = 'f'),
  'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
  'canSelect', pg_catalog.has_table_privilege(c.oid, 'SELECT'),
  'canDelete', pg_catalog.has_table_privilege(c.oid, 'DELETE'),
  'columns', ${columnsSql},
  'keys', ${keysSql},
  'indexes', ${indexesSql},
  'constraints', ${constraintsSql},
  'foreignKeys', ${foreignKeysSql('conrelid', 'confrelid')},
  'referencedBy', ${foreignKeysSql('confrelid', 'conrelid')},
  'triggers', ${triggersSql},
  'viewDefinition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid, true) END,
  'partitionKey', CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
  'partitionOf', ${partitionOfSql}
)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(name)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`
}

/** Undefined: there is no such table, or the role does not see its schema. */
export function readTable(rows: (string | null)[][]): TableDetails | undefined {
  const json = rows[0]?.[0]
  if (!json) return undefined
  const details = JSON.parse(json) as TableDetails & { estimatedRows: number }
  return { ...details, estimatedRows: knownRows(details.estimatedRows) }
}

/** -1, and before Postgres 14 also 0: it was never counted. */
function knownRows(reltuples: number): number | undefined {
  return reltuples > 0 ? Math.round(reltuples) : undefined
}

const columnsSql = `(
    SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', a.attname,
      'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'baseType', CASE WHEN base.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
        THEN base.typname::text ELSE pg_catalog.format_type(base.oid, NULL) END,
      'elementType', CASE WHEN base.typcategory = 'A' THEN
        (SELECT e.typname FROM pg_catalog.pg_type e WHERE e.oid = base.typelem) END,
      'enumLabels', CASE WHEN base.typtype = 'e' THEN
        (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder)
         FROM pg_catalog.pg_enum e WHERE e.enumtypid = base.oid) END,
      'isNullable', NOT a.attnotnull AND NOT base.has_not_null,
      'defaultSql', (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)
        FROM pg_catalog.pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum),
      'identity', a.attidentity,
      'generated', a.attgenerated,
      'collation', (SELECT k.collname FROM pg_catalog.pg_collation k
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE k.oid = a.attcollation AND k.oid <> t.typcollation),
      'comment', pg_catalog.col_description(c.oid, a.attnum),
      'canSelect', pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'),
      'canInsert', pg_catalog.has_column_privilege(c.oid, a.attnum, 'INSERT'),
      'canUpdate', pg_catalog.has_column_privilege(c.oid, a.attnum, 'UPDATE')
    ) ORDER BY a.attnum), '[]')
    FROM pg_catalog.pg_attribute a
    JOIN LATERAL (
      WITH RECURSIVE types AS (
        SELECT t.oid, t.typbasetype, t.typtype, t.typnotnull FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
        UNION ALL
        SELECT t.oid, t.typbasetype, t.typtype, t.typnotnull FROM types
        JOIN pg_catalog.pg_type t ON t.oid = types.typbasetype WHERE types.typtype = 'd'
      )
      SELECT t.*, (SELECT bool_or(typnotnull) FROM types) AS has_not_null
      FROM types JOIN pg_catalog.pg_type t ON t.oid = types.oid WHERE types.typtype <> 'd'
    ) base ON true
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  )`

const keysSql = `(
    SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'isPrimary', i.indisprimary,
      'columns', key.columns
    ) ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid), '[]')
    FROM pg_catalog.pg_index i
    JOIN LATERAL (
      SELECT pg_catalog.json_agg(a.attname ORDER BY k.place) AS columns, bool_and(a.attnotnull) AS is_never_null
      FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE k.place <= i.indnkeyatts
    ) key ON key.is_never_null
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
      AND i.indpred IS NULL AND i.indexprs IS NULL
  )`

const indexesSql = `(
    SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', x.relname,
      'definition', pg_catalog.pg_get_indexdef(x.oid),
      'isPrimary', i.indisprimary,
      'isUnique', i.indisunique,
      'isValid', i.indisvalid,
      'isOfConstraint', EXISTS (SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conindid = x.oid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')),
      'bytes', pg_catalog.pg_relation_size(x.oid)
    ) ORDER BY i.indisprimary DESC, x.relname), '[]')
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    WHERE i.indrelid = c.oid
  )`

/** Those of NOT NULL, which Postgres 18 keeps as constraints, stand with the columns. */
const constraintsSql = `(
    SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', k.conname,
      'type', k.contype,
      'definition', pg_catalog.pg_get_constraintdef(k.oid, true)
    ) ORDER BY pg_catalog.strpos('pucxf', k.contype::text), k.conname), '[]')
    FROM pg_catalog.pg_constraint k
    WHERE k.conrelid = c.oid AND k.contype <> 'n'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p
        WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
  )`

/** A key from or to a partitioned table is there once more for each partition: only the one that was made counts. */
function foreignKeysSql(here: 'conrelid' | 'confrelid', there: 'conrelid' | 'confrelid'): string {
  const columns = (relation: string, numbers: string) =>
    `(SELECT pg_catalog.json_agg(a.attname ORDER BY k.place)
        FROM unnest(f.${numbers}) WITH ORDINALITY AS k(attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = f.${relation} AND a.attnum = k.attnum)`
  const numbersOf = { conrelid: 'conkey', confrelid: 'confkey' } as const
  return `(
    SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', f.conname,
      'columns', ${columns(here, numbersOf[here])},
      'other', pg_catalog.json_build_object('schema', other_schema.nspname, 'name', other.relname),
      'otherColumns', ${columns(there, numbersOf[there])},
      'definition', pg_catalog.pg_get_constraintdef(f.oid, true)
    ) ORDER BY other.relname, f.conname), '[]')
    FROM pg_catalog.pg_constraint f
    JOIN pg_catalog.pg_class other ON other.oid = f.${there}
    JOIN pg_catalog.pg_namespace other_schema ON other_schema.oid = other.relnamespace
    WHERE f.contype = 'f' AND f.${here} = c.oid
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p
        WHERE p.oid = f.conparentid AND p.${here} = f.${here})
  )`
}

const triggersSql = `(
    SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', t.tgname,
      'definition', pg_catalog.pg_get_triggerdef(t.oid, true),
      'isEnabled', t.tgenabled <> 'D'
    ) ORDER BY t.tgname), '[]')
    FROM pg_catalog.pg_trigger t
    WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
  )`

const partitionOfSql = `(
    SELECT pg_catalog.json_build_object('schema', pn.nspname, 'name', p.relname,
      'bound', pg_catalog.pg_get_expr(c.relpartbound, c.oid))
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
    WHERE i.inhrelid = c.oid AND c.relispartition
  )`
