import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql'

/**
 * The words that statements are made of. CodeMirror's own list has the whole standard's, with `id`, `state` and `cobol`:
 * names of columns would look like commands, and be offered as such.
 */
const keywords = `
add after all alter always analyze and any array as asc asymmetric atomic authorization before begin between both by cache
call cascade cascaded case cast check checkpoint close cluster collate column comment commit committed concurrently conflict
constraint copy create cross cube current cycle database deallocate declare default deferrable deferred delete desc discard
distinct do domain drop each else end enum escape event exclude execute exists explain extension false fetch filter first for
force foreign from full function generated global grant group grouping groups having identity if ilike immediate immutable in
include increment index inherits initially inner inout insert instead intersect into is isnull isolation join key language
last lateral leading left level like limit listen local lock locked logged match materialized maxvalue merge minvalue move
natural no not nothing notify notnull null nulls of off offset on only operator or order ordinality out outer over overriding
owned owner parallel partition placing policy preceding prepare preserve primary privileges procedure publication raise range
read reassign recursive references refresh reindex release rename repeatable replace reset restart restrict return returning
returns revoke right role rollback rollup row rows rule savepoint schema security select sequence serializable server session
set setof sets share show similar skip some stable start statistics storage stored strict subscription symmetric system table
tables tablesample tablespace temp temporary then ties to trailing transaction trigger true truncate type unbounded
uncommitted union unique unlisten unlogged until update user using vacuum values variadic verbose view views volatile when
where window with within without write zone
`

export const dialect = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: keywords.trim().replace(/\s+/g, ' '),
})
