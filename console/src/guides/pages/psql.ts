import { psql } from '../../connect/snippets/shell.ts'
import { shellQuoted, shellWord } from '../../connect/snippets/snippet.ts'
import { type Guide, list, table, terminal, text } from '../guide.ts'
import { named, trustSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'psql',
      title: 'psql',
      blocks: [
        named(psql, 'Terminal'),
        text(
          'On Pilotlight’s own machine the project’s name is enough, and any moment of its past can be looked at:',
        ),
        terminal(
          ({ projectId, branchName }) => `pilotlight psql ${projectId} --branch ${shellWord(branchName)}
pilotlight psql ${projectId} --branch ${shellWord(branchName)} --at 10m`,
        ),
        text('psql of version 14 or newer: older ones name the endpoint [in the options](guide:sni).'),
      ],
    },
    {
      id: 'dump',
      title: 'pg_dump',
      blocks: [
        terminal(
          ({ uri }) => `pg_dump --format=custom --no-owner --no-acl --file=shop.dump \\
  ${shellQuoted(uri)}`,
        ),
        text(
          'pg_dump has to be as new as the server, or newer. For a copy to work on, a branch is quicker, and needs no file; `pilotlight branches export` writes a plain data directory that stock Postgres opens.',
        ),
      ],
    },
    {
      id: 'import',
      title: 'Import from elsewhere',
      blocks: [
        text(
          'From Neon, RDS, Supabase, Heroku, a Postgres of your own: dump there, restore here. Of hosts with a pooler take the direct one.',
        ),
        terminal(
          ({ uri }) => `export SOURCE='postgresql://…'        # where it is now
export TARGET=${shellQuoted(uri)}

pg_dump --format=custom --no-owner --no-acl --file=import.dump "$SOURCE"
pg_restore --no-owner --no-acl --exit-on-error --single-transaction --dbname="$TARGET" import.dump
psql "$TARGET" -c 'analyze'`,
        ),
        list(
          '`--no-owner --no-acl`: everything then belongs to the role that restores. Make other roles first, under Branches, Roles & Databases, and grant by hand.',
          '`--single-transaction`: it is all there, or nothing is. For big databases use `--jobs=4` in its place (not both), on a branch that you can throw away.',
          'Stop writing to the old one before the last dump: what is written later is not in it.',
          'Extensions: those of this server are listed in `pg_available_extensions`. What is missing makes the restore stop with its name.',
          'The open transaction keeps the database awake for as long as the restore runs.',
        ),
        text('Then compare the number of rows, table by table, in both:'),
        terminal(() => `psql "$TARGET" -c "select relname, n_live_tup from pg_stat_user_tables order by 1"`),
      ],
    },
    {
      id: 'csv',
      title: 'CSV',
      blocks: [
        text('`\\copy` reads and writes files of the machine on which psql runs:'),
        terminal(
          ({ uri }) => `psql ${shellQuoted(uri)} \\
  -c "\\copy products from 'products.csv' with (format csv, header)"`,
        ),
      ],
    },
    {
      id: 'errors',
      title: 'If something goes wrong',
      blocks: [
        table(
          'Errors and what to do',
          ['you see', 'do this'],
          [
            '`aborting because of server version mismatch`',
            'take a pg_dump of the newer of the two versions',
          ],
          [
            '`unrecognized configuration parameter "transaction_timeout"`',
            'the dump is of a newer Postgres: restore into a project of that version',
          ],
          ['`must be member of role`, `role "…" does not exist`', '`--no-owner --no-acl`, in both commands'],
          [
            '`extension "…" is not available`',
            'leave it out: `pg_restore --list`, take its line away, `--use-list`',
          ],
          ['`could not translate host name`', '[Host names that do not resolve](guide:host-names)'],
        ),
      ],
    },
    trustSection,
  ],
}
