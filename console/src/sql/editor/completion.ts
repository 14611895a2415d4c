// What the editor offers while somebody types, made of the names in their database.

import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  ifNotIn,
} from '@codemirror/autocomplete'
import { keywordCompletionSource, schemaCompletionSource } from '@codemirror/lang-sql'
import type { SchemaNames } from '../schema-names.ts'
import { splitStatements, statementAt } from '../split-statements.ts'
import { dialect } from './dialect.ts'

const kinds: Record<string, string> = { v: 'view', m: 'materialized view', f: 'foreign table' }

const keywords = keywordCompletionSource(dialect)

/**
 * Keywords, and once the names are known: tables, columns behind a table or its alias, columns of the tables in the
 * statement, schemas and functions.
 */
export function completionSources(names: SchemaNames | undefined): CompletionSource[] {
  const ofLanguage: CompletionSource = context => (isPart(context) ? null : keywords(context))
  return names ? [ofLanguage, ...nameSources(names)] : [ofLanguage]
}

function nameSources(names: SchemaNames): CompletionSource[] {
  const isVisible = new Set(names.path)
  const written = writtenBy(names.reserved)
  const namespace: Record<string, Record<string, { self: Completion; children: Completion[] }>> = {}
  for (const { schema, name, kind, columns } of names.tables) {
    namespace[escaped(schema)] ??= {}
    namespace[escaped(schema)]![escaped(name)] = {
      self: { label: name, apply: written(name), type: 'class', detail: kinds[kind] ?? 'table' },
      children: columns.map(column => columnCompletion(column, written(column[0]))),
    }
  }
  const [defaultSchema] = names.path.filter(schema => schema !== 'pg_catalog')
  const functions = names.functions.filter(({ schema }) => isVisible.has(schema))
  return [
    schemaCompletionSource({
      dialect,
      schema: namespace,
      ...(defaultSchema !== undefined && { defaultSchema }),
    }),
    elsewhere(
      functions.map(({ name }) => ({
        label: name,
        apply: `${written(name, 'function')}(`,
        type: 'function',
        detail: 'function',
        boost: -1,
      })),
    ),
    elsewhere(context => columnsInScope(names, context.state.doc.toString(), context.pos)),
  ]
}

/** The columns of the tables that stand in the statement at the cursor. */
export function columnsInScope(names: SchemaNames, text: string, cursor: number): Completion[] {
  const statement = statementAt(text, splitStatements(text), cursor)
  if (!statement) return []
  const said = new Set(
    statement.tokens
      .filter(({ kind }) => kind === 'word' || kind === 'quoted-name')
      .map(({ from, to, kind }) =>
        kind === 'word'
          ? text.slice(from, to).toLowerCase()
          : text.slice(from + 1, to - 1).replaceAll('""', '"'),
      ),
  )
  const isVisible = new Set(names.path)
  const written = writtenBy(names.reserved)
  const columns = new Map<string, Completion>()
  for (const table of names.tables) {
    if (!said.has(table.name) || !(isVisible.has(table.schema) || said.has(table.schema))) continue
    for (const column of table.columns) {
      const [name, type] = column
      columns.set(name, {
        ...columnCompletion(column, written(name)),
        ...{ detail: `${table.name}, ${type}`, boost: 2 },
      })
    }
  }
  return [...columns.values()]
}

const columnCompletion = ([name, type]: readonly [string, string], apply: string): Completion => ({
  label: name,
  apply,
  type: 'property',
  detail: type,
})

/** A name as it is written in SQL: in quotes where it would not be one without, or mean something else (`user`). */
const writtenBy =
  (reserved: SchemaNames['reserved']) =>
  (name: string, of?: 'function'): string => {
    const kind = Object.hasOwn(reserved, name) ? reserved[name] : undefined
    const isPlain =
      /^[a-z_][a-z_\d]*$/.test(name) && (kind === undefined || (kind === 'T' && of === 'function'))
    return isPlain ? name : `"${name.replaceAll('"', '""')}"`
  }

/** CodeMirror reads a dot in a name as one between names. */
const escaped = (name: string): string => name.replaceAll('.', '\\.')

/** Behind a dot stands a part of something, and what begins with a digit is a number. */
function isPart(context: CompletionContext): boolean {
  const word = context.matchBefore(/[\w$\u0080-\uffff]*/)
  return word !== null && (context.state.sliceDoc(word.from - 1, word.from) === '.' || /^\d/.test(word.text))
}

/** Where a word stands by itself: not behind a dot, nor in quotes and comments. */
function elsewhere(options: Completion[] | ((context: CompletionContext) => Completion[])): CompletionSource {
  const source = (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w$\u0080-\uffff]*/)
    if (!word || (word.from === word.to && !context.explicit)) return null
    if (isPart(context)) return null
    return {
      from: word.from,
      options: typeof options === 'function' ? options(context) : options,
      validFor: /^[\w$\u0080-\uffff]*$/,
    }
  }
  return ifNotIn(['QuotedIdentifier', 'String', 'LineComment', 'BlockComment'], source)
}
