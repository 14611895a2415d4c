import { forOtherDrivers, quoted, type Snippet } from './snippet.ts'

export const go: Snippet = {
  id: 'go',
  title: 'Go',
  files: ({ uri }) => [
    {
      name: 'main.go',
      text: `package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

func main() {
	ctx := context.Background()
	connection, err := pgx.Connect(ctx, ${quoted(forOtherDrivers(uri))})
	if err != nil {
		panic(err)
	}
	defer connection.Close(ctx)
	var version string
	if err := connection.QueryRow(ctx, "select version()").Scan(&version); err != nil {
		panic(err)
	}
	fmt.Println(version)
}`,
    },
  ],
}

export const java: Snippet = {
  id: 'java',
  title: 'Java',
  files: ({ host, port, database, role, password, options }) => [
    {
      name: 'Main.java',
      text: `import java.sql.DriverManager;
import java.util.Properties;

class Main {
  public static void main(String[] args) throws Exception {
    var properties = new Properties();
    properties.setProperty("user", ${quoted(role)});
    properties.setProperty("password", ${quoted(password)});
    properties.setProperty("sslmode", "require");${
      options === undefined ? '' : `\n    properties.setProperty("options", ${quoted(options)});`
    }
    var url = ${quoted(`jdbc:postgresql://${host}:${port}/${encodeURIComponent(database)}`)};
    try (var connection = DriverManager.getConnection(url, properties);
        var rows = connection.createStatement().executeQuery("select version()")) {
      rows.next();
      System.out.println(rows.getString(1));
    }
  }
}`,
    },
  ],
}

export const rust: Snippet = {
  id: 'rust',
  title: 'Rust',
  files: ({ uri }) => [
    {
      name: 'Cargo.toml',
      text: 'sqlx = { version = "0.8", features = ["runtime-tokio", "tls-rustls", "postgres"] }\ntokio = { version = "1", features = ["full"] }',
    },
    {
      name: 'main.rs',
      text: `#[tokio::main]
async fn main() -> Result<(), sqlx::Error> {
    let pool = sqlx::PgPool::connect(${quoted(forOtherDrivers(uri))}).await?;
    let version: String = sqlx::query_scalar("select version()").fetch_one(&pool).await?;
    println!("{version}");
    Ok(())
}`,
    },
  ],
}

/** A string of Ruby's or PHP's that nothing is read into. */
const plain = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

export const ruby: Snippet = {
  id: 'ruby',
  title: 'Ruby',
  files: ({ uri }) => [
    {
      name: 'main.rb',
      text: `require 'pg' # gem install pg

connection = PG.connect(${plain(uri)})
puts connection.exec('select version()').getvalue(0, 0)`,
    },
  ],
}

/** A value of a connection string of libpq's. */
const libpqValue = (text: string): string =>
  /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

export const php: Snippet = {
  id: 'php',
  title: 'PHP',
  files: ({ host, port, database, role, password, options }) => [
    {
      name: 'main.php',
      text: `<?php
$dsn = ${plain(
        `pgsql:host=${host};port=${port};dbname=${libpqValue(database)};sslmode=require${
          options === undefined ? '' : `;options=${libpqValue(options)}`
        }`,
      )};
$connection = new PDO($dsn, ${plain(role)}, ${plain(password)});
echo $connection->query('select version()')->fetchColumn();`,
    },
  ],
}

/** A value of .NET's DbConnectionStringBuilder. */
const dotnetValue = (text: string): string =>
  /[;'"\s=]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

export const dotnet: Snippet = {
  id: 'dotnet',
  title: '.NET',
  files: ({ host, port, database, role, password, options }) => {
    const parts = [
      `Host=${host}`,
      `Port=${port}`,
      `Database=${dotnetValue(database)}`,
      `Username=${dotnetValue(role)}`,
      `Password=${dotnetValue(password)}`,
      'SSL Mode=Require',
      ...(options === undefined ? [] : [`Options=${dotnetValue(options)}`]),
    ]
    return [
      {
        name: 'Program.cs',
        text: `using Npgsql; // dotnet add package Npgsql

await using var source = NpgsqlDataSource.Create(
    ${quoted(parts.join(';'))});
await using var command = source.CreateCommand("select version()");
Console.WriteLine(await command.ExecuteScalarAsync());`,
      },
    ]
  },
}
