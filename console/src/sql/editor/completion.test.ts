import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { sql } from '@codemirror/lang-sql'
import { EditorState } from '@codemirror/state'
import type { SchemaNames } from '../schema-names.ts'
import { completionSources } from './completion.ts'
import { dialect } from './dialect.ts'

const names: SchemaNames = {
  path: ['pg_catalog', 'public'],
  tables: [
    {
      ...{ schema: 'public', name: 'orders', kind: 'r' },
      columns: [
        ['id', 'bigint'],
        ['Placed At', 'date'],
      ],
    },
    { schema: 'public', name: 'Odd.Name', kind: 'v', columns: [['x', 'text']] },
    { schema: 'public', name: 'order', kind: 'r', columns: [['user', 'text']] },
    { schema: 'billing', name: 'invoices', kind: 'r', columns: [['total', 'numeric(10,2)']] },
  ],
  functions: [
    { schema: 'pg_catalog', name: 'now' },
    { schema: 'pg_catalog', name: 'left' },
    { schema: 'pg_catalog', name: 'session_user' },
    { schema: 'billing', name: 'close_month' },
  ],
  reserved: { order: 'R', user: 'R', session_user: 'R', left: 'T' },
}

/** What is offered where the bar stands, and how it is written. */
async function offered(text: string, explicit = false): Promise<Map<string, string>> {
  const pos = text.indexOf('|')
  const state = EditorState.create({
    doc: text.replace('|', ''),
    extensions: [sql({ dialect })],
  })
  const found = new Map<string, string>()
  for (const source of completionSources(names)) {
    const result = (await source(new CompletionContext(state, pos, explicit))) as CompletionResult | null
    for (const { label, apply } of result?.options ?? []) found.set(label, String(apply ?? label))
  }
  return found
}

test('tables, schemas and functions', async () => {
  const found = await offered('select * from o|')
  assert.equal(found.get('orders'), 'orders')
  assert.equal(found.get('Odd.Name'), '"Odd.Name"')
  assert.ok(found.has('billing') && found.has('now'))
  // One of a schema that is not looked through is no name by itself.
  assert.ok(!found.has('close_month') && !found.has('invoices'))
})

test('columns behind a table, an alias and a schema’s table', async () => {
  assert.equal((await offered('select orders.| from orders')).get('Placed At'), '"Placed At"')
  assert.ok((await offered('select o.i| from orders o')).has('id'))
  assert.ok((await offered('select billing.invoices.t|')).has('total'))
  assert.ok((await offered('select * from billing.i|')).has('invoices'))
})

test('columns of the tables in the statement, and of no other statement', async () => {
  assert.equal((await offered('select p| from orders')).get('Placed At'), '"Placed At"')
  assert.ok((await offered('select t| from billing.invoices')).has('total'))
  assert.ok(!(await offered('select t| from invoices')).has('total'))
  assert.ok(!(await offered('select 1 from orders; select i|')).has('id'))
})

test('a word of SQL’s own is quoted where it is a name', async () => {
  assert.equal((await offered('select * from o|')).get('order'), '"order"')
  // Without quotes it would be whoever asks.
  assert.equal((await offered('select u| from "order"')).get('user'), '"user"')
  assert.equal((await offered('select "order".u| from "order"')).get('user'), '"user"')
  const functions = await offered('select l|')
  assert.deepEqual([functions.get('left'), functions.get('session_user')], ['left(', '"session_user"('])
})

test('nothing in quotes, comments and numbers, nor functions behind a dot', async () => {
  assert.equal((await offered("select 'o|' from orders")).size, 0)
  assert.ok(!(await offered('select orders.n|')).has('now'))
  assert.ok(!(await offered('select orders.s|')).has('select'))
  assert.ok(!(await offered('select 10|')).has('now'))
})
