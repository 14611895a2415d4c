// Whether a text of SQL is one statement that only gives rows, as far as can be seen: then it may be stopped when nobody
// wants more of them. In doubt it is not, and is carried out to its end.

const comments = /--[^\n]*|\/\*[\s\S]*?\*\//g
const writes = /\b(insert|update|delete|merge|into)\b/i

export function isPlainRead(sql: string): boolean {
  const text = sql
    .replace(comments, ' ')
    .replace(/[\s;]+$/, '')
    .replace(/^[\s(]+/, '')
  if (text.includes(';') || writes.test(text)) return false
  return /^(select|table|values|with)\b/i.test(text)
}
