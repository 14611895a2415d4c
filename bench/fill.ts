// Data to be copied: a table of a given size, quickly made.

import type { ClientBase } from 'pg'

const pageBytes = 8192
/** One row fills a page: fewer rows, quicker made. */
const rowChars = 7_800
const pagesAtOnce = 16_384

/** Rows that nobody reads, so that nothing is written to them later: no vacuum, no hint bits. */
export async function fill(client: ClientBase, megabytes: number): Promise<void> {
  await client.query('create table filler (n int, t text) with (autovacuum_enabled = off)')
  await client.query('alter table filler alter column t set storage plain')
  const pages = Math.round((megabytes * 1024 * 1024) / pageBytes)
  for (let at = 0; at < pages; at += pagesAtOnce) {
    await client.query(
      `insert into filler select n, rpad(n::text, ${rowChars}, 'x') from generate_series($1::int, $2::int) n`,
      [at + 1, Math.min(pages, at + pagesAtOnce)],
    )
  }
}
