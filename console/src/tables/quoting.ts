// Names and values as they stand in SQL, whatever is in them.

/** A name is quoted always: which ones need it is another matter in each version of Postgres. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function qualifiedName({ schema, name }: { schema: string; name: string }): string {
  return `${identifier(schema)}.${identifier(name)}`
}

/** Means the same whether `standard_conforming_strings` is on or off. */
export function literal(text: string): string {
  const quoted = text.replaceAll("'", "''")
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** What LIKE takes for the text itself; backslash is its escape. */
export function likePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

/** Why Postgres cannot hold this text; undefined: it can. */
export function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'Postgres holds no NUL character in a text'
  return text.isWellFormed() ? undefined : 'The text ends within a character'
}
