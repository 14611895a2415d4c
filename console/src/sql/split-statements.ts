// Several statements in one text, told apart as psql does.

import { type Token, tokensOf } from './tokens.ts'

export interface Statement {
  /** Without the semicolon; with the comments before it, in which there may be hints. */
  sql: string
  from: number
  /** With the semicolon. */
  to: number
  /** Where it begins but for comments. */
  codeFrom: number
  /** Its tokens but for spaces and comments, with places in the whole text. */
  tokens: Token[]
  /** Set: it is a command of psql's, or has one in it. */
  psqlCommand: string | undefined
}

/** In order. Text without a statement in it, such as comments alone, gives none. */
export function splitStatements(text: string): Statement[] {
  const statements: Statement[] = []
  let open = new OpenStatement(text)
  const end = (to: number) => {
    const statement = open.statement(to)
    if (statement) statements.push(statement)
    open = new OpenStatement(text)
  }
  for (const token of tokensOf(text)) {
    const isPsql = token.kind === 'psql'
    // `\dt` on a line of its own belongs to nothing before it.
    if (isPsql && isFirstOfLine(text, token.from)) end(token.from)
    open.add(token)
    if (isPsql || (token.kind === 'semicolon' && open.mayEnd)) end(token.to)
  }
  end(text.length)
  return statements
}

class OpenStatement {
  readonly #text: string
  readonly #tokens: Token[] = []
  #from: number | undefined
  #parentheses = 0
  /** How deep in the body of a function or procedure in SQL (BEGIN ATOMIC … END), whose statements are its own. */
  #bodies = 0

  constructor(text: string) {
    this.#text = text
  }

  get mayEnd(): boolean {
    return this.#parentheses === 0 && this.#bodies === 0
  }

  add(token: Token): void {
    if (token.kind === 'space') return
    this.#from ??= token.from
    if (token.kind === 'comment') return
    if (token.kind === 'semicolon' && this.mayEnd) return
    this.#tokens.push(token)
    if (token.kind === 'open') this.#parentheses++
    else if (token.kind === 'close') this.#parentheses = Math.max(0, this.#parentheses - 1)
    else if (token.kind === 'word' && this.#parentheses === 0) this.#addWord(this.#wordOf(token))
  }

  #addWord(word: string): void {
    if (word === 'begin' && this.#isRoutine()) this.#bodies++
    else if (word === 'case' && this.#bodies > 0) this.#bodies++
    else if (word === 'end' && this.#bodies > 0) this.#bodies--
  }

  #isRoutine(): boolean {
    const head = this.#tokens.slice(0, 4).map(token => this.#wordOf(token))
    return /^create (or replace )?(function|procedure)\b/.test(head.join(' '))
  }

  #wordOf({ from, to }: Token): string {
    return this.#text.slice(from, to).toLowerCase()
  }

  /** Undefined: there is none. */
  statement(to: number): Statement | undefined {
    const [first] = this.#tokens
    const last = this.#tokens.at(-1)
    if (!first || !last || this.#from === undefined) return undefined
    const psql = this.#tokens.find(({ kind }) => kind === 'psql')
    const isEnded = this.#text[to - 1] === ';'
    return {
      sql: this.#text.slice(this.#from, last.to),
      from: this.#from,
      to: isEnded ? to : last.to,
      codeFrom: first.from,
      tokens: this.#tokens,
      psqlCommand: psql && this.#text.slice(psql.from, psql.to).trim(),
    }
  }
}

function isFirstOfLine(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === ''
}

/** The one at the cursor: around it, or before it on its line, or the next one, or the last. */
export function statementAt(text: string, statements: Statement[], cursor: number): Statement | undefined {
  const around = statements.find(({ from, to }) => from <= cursor && cursor <= to)
  if (around) return around
  const before = statements.findLast(({ to }) => to < cursor)
  if (before && !text.slice(before.to, cursor).includes('\n')) return before
  return statements.find(({ from }) => from > cursor) ?? before
}
