import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionString, connectionStringWithOptions } from './connection-string.ts'

const details = {
  ...{ endpointId: 'ep-a', hostSuffix: 'local.localhost', port: 5433 },
  ...{ role: 'a b', password: 'p@ss', database: 'd/b' },
}

test('by host name, and by address with the endpoint in the options', () => {
  assert.equal(
    connectionString({ ...details, port: 5432, pooled: true }),
    'postgresql://a%20b:p%40ss@ep-a-pooler.local.localhost/d%2Fb?sslmode=require&channel_binding=require',
  )
  assert.equal(
    connectionStringWithOptions(details, '127.0.0.1'),
    'postgresql://a%20b:p%40ss@127.0.0.1:5433/d%2Fb?sslmode=require&channel_binding=require&options=endpoint%3Dep-a',
  )
})

test('an IPv6 address stands in brackets', () => {
  assert.equal(new URL(connectionStringWithOptions(details, '::1')).host, '[::1]:5433')
})
