// What a statement is by its words: enough to ask before it destroys, and to know whether it has a plan. What it really
// does, Postgres alone knows.

import type { Statement } from './split-statements.ts'
import type { Token } from './tokens.ts'

/** Lower case; names in quotes and all else that is no word are left out. */
function wordsOf(statement: Statement): string[] {
  return statement.tokens.filter(({ kind }) => kind === 'word').map(token => textOf(statement, token))
}

const textOf = ({ sql, from }: Statement, token: Token): string =>
  sql.slice(token.from - from, token.to - from).toLowerCase()

const planned = new Set([
  ...['select', 'with', 'values', 'table', 'insert', 'update', 'delete', 'merge', 'execute', 'declare'],
])

/** CREATE TABLE … AS; a view or a function is made without its query being planned. */
const makesTableOf =
  /^create ((local|global|temp|temporary|unlogged) )*(table|materialized view)\b.* as (select|with|values|table|execute)\b/

/** Why EXPLAIN takes it not; undefined: it does, as far as its first words tell. */
export function explainRefusal(statement: Statement | undefined): string | undefined {
  if (!statement) return 'There is no statement'
  if (statement.psqlCommand !== undefined) return 'It is a command of psql’s'
  const words = wordsOf(statement)
  const [first = ''] = words
  if (first === 'explain') return 'It is an EXPLAIN already: run it'
  if (planned.has(first) || first === '' || makesTableOf.test(words.join(' '))) return undefined
  return `${first.toUpperCase()} has no plan`
}

/** What it will do that cannot be taken back, in a sentence; undefined: nothing of the kind that people do by mistake. */
export function destruction(statement: Statement): string | undefined {
  const words = wordsOf(statement)
  const [first] = words
  switch (first) {
    case 'drop':
      return `${headOf(statement, 80)} removes it with all that is in it`
    case 'truncate':
      return `${headOf(statement, 80)} removes all rows`
    case 'delete':
    case 'update':
      return withoutWhere(statement) ? everyRow(first) : undefined
    case 'explain': {
      // With ANALYZE it is carried out, and nobody rolls it back.
      const { tokens } = statement
      const explained = tokens.findIndex(token => planned.has(textOf(statement, token)))
      const isCarriedOut = wordsOf({
        ...statement,
        tokens: tokens.slice(0, Math.max(0, explained)),
      }).includes('analyze')
      return isCarriedOut ? destruction({ ...statement, tokens: tokens.slice(explained) }) : undefined
    }
    case 'with': {
      // A DELETE or UPDATE within WITH, or after it. Whether the WHERE is its own, only a parser could tell.
      const verb = words.find(word => word === 'delete' || word === 'update')
      return verb !== undefined && !words.includes('where') ? everyRow(verb) : undefined
    }
    case 'alter':
      return /^alter table\b.*\bdrop( column)?\b(?! (constraint|default|not|identity|expression)\b)/.test(
        words.join(' '),
      )
        ? `${headOf(statement, 80)} removes a column with all its values`
        : undefined
  }
  return undefined
}

const everyRow = (verb: string): string =>
  verb === 'delete'
    ? 'DELETE without WHERE removes every row of the table'
    : 'UPDATE without WHERE changes every row of the table'

function withoutWhere(statement: Statement): boolean {
  let depth = 0
  for (const token of statement.tokens) {
    if (token.kind === 'open') depth++
    else if (token.kind === 'close') depth--
    // That of a subquery does not count.
    else if (depth === 0 && textOf(statement, token) === 'where') return false
  }
  return true
}

/** Its beginning on one line, to tell it by. */
export function headOf({ sql, from, codeFrom }: Statement, chars: number): string {
  const text = sql.slice(codeFrom - from, codeFrom - from + chars * 4).replace(/\s+/g, ' ')
  return text.length > chars ? `${text.slice(0, chars - 1)}…` : text
}
