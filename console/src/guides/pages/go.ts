import { go } from '../../connect/snippets/others.ts'
import { forOtherDrivers, quoted } from '../../connect/snippets/snippet.ts'
import { file, type Guide, terminal, text } from '../guide.ts'
import { named, sleepSection, trustSection } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'pgx',
      title: 'pgx',
      blocks: [
        terminal('go mod init example\ngo get github.com/jackc/pgx/v5'),
        named(go, 'main.go'),
        terminal('go run .'),
        text('`channel_binding` is left out of the URL: older versions of pgx send it on to the server.'),
      ],
    },
    {
      id: 'pool',
      title: 'A pool',
      blocks: [
        terminal('go get github.com/jackc/pgx/v5/pgxpool'),
        file(
          'main.go',
          ({ uri }) => `package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	ctx := context.Background()
	config, err := pgxpool.ParseConfig(${quoted(forOtherDrivers(uri))})
	if err != nil {
		panic(err)
	}
	// Below the suspend time: connections are closed before they can be ended.
	config.MaxConnIdleTime = time.Minute
	config.HealthCheckPeriod = 15 * time.Second
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		panic(err)
	}
	defer pool.Close()
	var version string
	if err := pool.QueryRow(ctx, "select version()").Scan(&version); err != nil {
		panic(err)
	}
	fmt.Println(version)
}`,
        ),
      ],
    },
    sleepSection(
      'pgxpool: `MaxConnIdleTime` of a minute (30 unless set). A connection that idled for more than a second is asked before it is handed out.',
      '`MinConns` of 0, as it is unless set: others would be opened again and again, and wake the database.',
      'database/sql: `db.SetConnMaxIdleTime(time.Minute)`. It repeats a query whose connection was dead from the start.',
      'lib/pq needs 1.10 or newer for SNI.',
    ),
    trustSection,
  ],
}
