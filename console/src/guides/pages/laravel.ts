import { php } from '../../connect/snippets/others.ts'
import { envValue } from '../../connect/snippets/shell.ts'
import { file, type Guide, list, terminal, text } from '../guide.ts'
import { named, sleepSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'settings',
      title: 'Settings',
      blocks: [
        text('PHP needs `pdo_pgsql` (Debian: `apt-get install php-pgsql`).'),
        file('.env', ({ host, port, database, role, password, options }) =>
          [
            'DB_CONNECTION=pgsql',
            `DB_HOST=${host}`,
            `DB_PORT=${port}`,
            `DB_DATABASE=${envValue(database)}`,
            `DB_USERNAME=${envValue(role)}`,
            // Laravel hands no options on: where the host does not name the endpoint, the password does.
            `DB_PASSWORD=${envValue(options === undefined ? password : `${options};${password}`)}`,
            'DB_SSLMODE=require',
          ].join('\n'),
        ),
        file(
          'config/database.php',
          `'pgsql' => [
    'driver' => 'pgsql',
    'host' => env('DB_HOST'),
    'port' => env('DB_PORT'),
    'database' => env('DB_DATABASE'),
    'username' => env('DB_USERNAME'),
    'password' => env('DB_PASSWORD'),
    'charset' => 'utf8',
    'prefix' => '',
    'search_path' => 'public',
    'sslmode' => env('DB_SSLMODE', 'require'),
],`,
        ),
        terminal('php artisan migrate'),
      ],
    },
    {
      id: 'pdo',
      title: 'PHP without a framework',
      blocks: [named(php, 'main.php')],
    },
    {
      id: 'databases',
      title: 'Tests, queues, sessions',
      blocks: [
        list(
          '`php artisan test --parallel` makes `…_test_1`, `…_test_2`, …; the role of this project may do that.',
          '`QUEUE_CONNECTION=database`, `CACHE_STORE=database` and `SESSION_DRIVER=database` are what a new application has. A queue worker then asks the table every few seconds, and the database never sleeps: take `redis`, or `sync`.',
          'A health check on a page with a session touches the database. `/up` of Laravel 11 and newer does not, unless somebody listens to its event.',
        ),
      ],
    },
    sleepSection(
      'Nothing to set: PHP connects anew for each request.',
      'Long-running ones (`queue:work`, Octane) connect again by themselves when a query finds the session ended; inside a transaction they cannot, and the job fails and is tried again.',
    ),
  ],
}
