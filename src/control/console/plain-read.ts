// Whether a text of SQL is one statement that only gives rows, as far as can be seen: then it may be stopped when nobody
// wants more of them. In doubt it is not, and is carried out to its end.

/** What is quoted is no comment, whatever it looks like. What is not closed goes to the end: no place is looked at twice. */
const quotedOrComment = /('[^']*(?:'|$)|"[^"]*(?:"|$))|--[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)/g
/** Other ways to quote: where they are, a comment may be none. */
const otherQuotes = /[\\$]/
const writes = /\b(insert|update|delete|merge|into)\b/i

export function isPlainRead(sql: string): boolean {
  const bare = sql.replace(quotedOrComment, (_, quoted?: string) => quoted ?? ' ')
  if (bare !== sql && otherQuotes.test(sql)) return false
  const text = bare.replace(/^[\s(]+/, '')
  if (/;\s*[^\s;]/.test(text) || writes.test(text)) return false
  return /^(select|table|values|with)\b/i.test(text)
}
