// SQL cut into tokens, as psql's lexer cuts it (src/fe_utils/psqlscan.l): where quotes, comments and dollar quotes begin and
// end. What is between them is cut no finer than the editor needs.

export type TokenKind =
  | 'space'
  | 'comment'
  | 'word'
  | 'quoted-name'
  | 'string'
  | 'number'
  | 'semicolon'
  | 'open'
  | 'close'
  /** A backslash and the rest of its line: a command of psql's. */
  | 'psql'
  | 'other'

export interface Token {
  kind: TokenKind
  from: number
  to: number
}

const spacePattern = /\s+/y
const lineCommentPattern = /--[^\r\n]*/y
const plainStringPattern = /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)/y
const escapeStringPattern = /[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$)/y
const quotedNamePattern = /(?:[uU]&)?"(?:[^"]|"")*(?:"|$)/y
const dollarTagPattern = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const wordPattern = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y
/** With parameters, which are no dollar quotes. */
const numberPattern = /[$]?\d[\w.]*/y
const psqlPattern = /\\[^\r\n]*/y

/** All of it: the tokens join to `sql`. What is not closed goes to the end. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = []
  for (let from = 0; from < sql.length; ) {
    const [kind, to] = tokenAt(sql, from)
    tokens.push({ kind, from, to })
    from = to
  }
  return tokens
}

function tokenAt(sql: string, at: number): [TokenKind, number] {
  const end = (pattern: RegExp): number | undefined => {
    pattern.lastIndex = at
    return pattern.test(sql) ? pattern.lastIndex : undefined
  }
  const found = (kind: TokenKind, to: number | undefined): [TokenKind, number] | undefined =>
    to === undefined ? undefined : [kind, to]
  switch (sql[at]) {
    case ';':
      return ['semicolon', at + 1]
    case '(':
      return ['open', at + 1]
    case ')':
      return ['close', at + 1]
  }
  return (
    found('space', end(spacePattern)) ??
    found('comment', end(lineCommentPattern)) ??
    (sql.startsWith('/*', at) ? ['comment', blockCommentEnd(sql, at)] : undefined) ??
    found('string', end(escapeStringPattern)) ??
    found('string', end(plainStringPattern)) ??
    found('quoted-name', end(quotedNamePattern)) ??
    found('string', dollarStringEnd(sql, end(dollarTagPattern), at)) ??
    found('word', end(wordPattern)) ??
    found('number', end(numberPattern)) ??
    found('psql', end(psqlPattern)) ?? ['other', at + 1]
  )
}

/** They nest, other than C's. */
function blockCommentEnd(sql: string, from: number): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = from
  let depth = 0
  for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return sql.length
}

function dollarStringEnd(sql: string, tagEnd: number | undefined, from: number): number | undefined {
  if (tagEnd === undefined) return undefined
  const tag = sql.slice(from, tagEnd)
  const close = sql.indexOf(tag, tagEnd)
  return close < 0 ? sql.length : close + tag.length
}
