import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Details, snippets } from './index.ts'

/** Everything that one of the forms would have to write otherwise. */
const odd: Details = {
  uri: 'postgresql://o%27neil:p%22%24w@ep-a.local.localhost:6543/my%20db?sslmode=require&channel_binding=require',
  uriWithOptions:
    'postgresql://o%27neil:p%22%24w@127.0.0.1:6543/my%20db?sslmode=require&channel_binding=require&options=endpoint%3Dep-a',
  ...{ host: 'ep-a.local.localhost', port: 6543, options: undefined },
  ...{ role: "o'neil", password: 'p"$w', database: 'my db' },
}

const textOf = (id: string, details: Details): string =>
  snippets
    .find(snippet => snippet.id === id)!
    .files(details)
    .map(({ text }) => text)
    .join('\n')

test('each has an id of its own, and names every file', () => {
  assert.equal(new Set(snippets.map(({ id }) => id)).size, snippets.length)
  for (const snippet of snippets) {
    const names = snippet.files(odd).map(({ name }) => name)
    assert.ok(names.length > 0 && names.every(name => name !== ''), snippet.id)
    assert.equal(new Set(names).size, names.length, snippet.id)
  }
})

test('each that connects names the database, and follows the choice', () => {
  for (const snippet of snippets.filter(({ id }) => id !== 'django-tests')) {
    const text = textOf(snippet.id, odd)
    assert.ok(/my( |%20)db/.test(text), `${snippet.id}: ${text}`)
    assert.ok(text.includes('6543'), snippet.id)
  }
})

test('quotes of each language', () => {
  const rows: [string, string][] = [
    ['env', `PGPASSWORD='p"$w'`],
    ['env', `PGUSER="o'neil"`],
    ['java', String.raw`"p\"$w"`],
    ['php', `'p"$w'`],
    ['php', String.raw`dbname=\'my db\'`],
    ['dotnet', String.raw`Password=\"p\"\"$w\"`],
  ]
  for (const [id, expected] of rows)
    assert.ok(textOf(id, odd).includes(expected), `${id}: ${textOf(id, odd)}`)
  assert.equal(textOf('psql', odd), `psql '${odd.uri}'`)
})

test('drivers of other languages get no parameter that they would send on to the server', () => {
  for (const id of ['node', 'drizzle', 'go', 'rust'])
    assert.ok(!textOf(id, odd).includes('channel_binding'), id)
})

test('where host names do not resolve, the endpoint stands in the options', () => {
  const details = { ...odd, uri: odd.uriWithOptions, host: '127.0.0.1', options: 'endpoint=ep-a' }
  for (const snippet of snippets.filter(({ id }) => id !== 'django-tests')) {
    assert.match(textOf(snippet.id, details), /endpoint(=|%3D)ep-a/, snippet.id)
  }
})
