import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatabaseMigrations } from '../../../src/contract/console-undone-migrations.ts'
import { migrationNews } from './undone-migrations.ts'

const django = { tool: 'Django', table: 'public.django_migrations', redone: [], redone_count: 0 }
const shop = (some: Partial<DatabaseMigrations>): DatabaseMigrations => ({
  ...{ database: 'shop', presence: 'both', tables: 1, changes: [], problems: [] },
  ...some,
})
const texts = (...databases: DatabaseMigrations[]) => migrationNews({ databases }).map(({ text }) => text)

test('what would be undone is counted and named', () => {
  const changes = [{ ...django, undone: ['shop.0002_price'], undone_count: 1 }]
  assert.deepEqual(migrationNews({ databases: [shop({ changes })] }), [
    { kind: 'undone', text: 'This Django migration would be undone:', names: ['shop.0002_price'], more: 0 },
  ])
  const many = [{ ...django, undone: ['b', 'a'], undone_count: 120 }]
  const [news] = migrationNews({ databases: [shop({ changes: many }), shop({ database: 'other' })] })
  assert.equal(news?.text, 'These 120 Django migrations in shop would be undone:')
  assert.equal(news?.more, 118)
})

test('what comes with the other data is said as well', () => {
  const changes = [{ ...django, undone: [], undone_count: 0, redone: ['x'], redone_count: 1 }]
  assert.deepEqual(texts(shop({ changes })), ['This Django migration would come with that data:'])
})

test('nothing differs, nothing is known, or a database is not there', () => {
  assert.deepEqual(texts(shop({})), ['No migration would be undone: both have the same ones.'])
  assert.match(texts(shop({ tables: 0 }))[0]!, /^No tool for migrations/)
  assert.deepEqual(texts(shop({ presence: 'lost' })), [
    'The database shop would be gone: it is not in that data.',
  ])
})

test('what could not be compared does not pass for the same', () => {
  assert.deepEqual(texts(shop({ problems: ['it is locked'] }), shop({ database: 'other' })), [
    'Not compared in shop: it is locked.',
    'In what could be compared no migration would be undone.',
  ])
})
