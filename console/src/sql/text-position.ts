// Postgres counts characters from 1; JavaScript counts halves of the larger ones from 0.

/** The place in `sql` of Postgres's `position`. */
export function offsetOf(sql: string, position: number): number {
  let offset = 0
  for (let count = 1; count < position && offset < sql.length; count++) {
    offset += (sql.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
  }
  return offset
}

/** How far what stands at `offset` goes: a word, a quoted name, or one letter. */
export function lengthAt(sql: string, offset: number): number {
  const match = /^("(?:[^"]|"")*"|'(?:[^']|'')*'|[\w$\u0080-\uffff]+|[\s\S])/u.exec(
    sql.slice(offset, offset + 200),
  )
  return match?.[0].length ?? 0
}

/** `line 3, column 7` */
export function lineText(text: string, offset: number): string {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`
}
