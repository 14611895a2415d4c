// psql's own commands are no SQL, and Postgres knows nothing of them. What people type most often can be had otherwise.

const instead: [pattern: RegExp, text: string][] = [
  [/^\\(d[tvmfsiE+]*S?\+?)(\s|$)/, 'The Tables page shows tables, views and their columns.'],
  [/^\\(l|list)\+?(\s|$)/, 'The databases are above the editor.'],
  [/^\\(du|dg)\+?(\s|$)/, 'The roles are on the branch’s page.'],
  [/^\\(c|connect)(\s|$)/, 'Branch, database and role are chosen above the editor.'],
  [/^\\timing/, 'Each result says how long it took.'],
  [/^\\x(\s|$)/, 'Enter on a cell shows its value whole.'],
  [/^\\(g|gx)(\s|$)/, 'End the statement with a semicolon.'],
  [/^\\(copy|\.)/, 'Import and export of files is psql’s: use it with the connection string.'],
  [/^\\(i|ir)(\s|$)/, 'Paste the file’s text into the editor.'],
  [/^\\dn/, 'Run: select nspname from pg_namespace'],
  [/^\\df/, "Run: select proname from pg_proc where pronamespace = 'public'::regnamespace"],
]

/** What to do in its place. */
export function psqlHint(command: string): string {
  const [name = command] = command.split(/\s/)
  const found = instead.findLast(([pattern]) => pattern.test(command))
  return `${name} is a command of psql’s, not SQL. ${found?.[1] ?? 'Use psql for it, or leave the line out.'}`
}
