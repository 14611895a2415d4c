import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { served } from '../contract/routes/all.ts'
import { notOurs } from '../contract/routes/index.ts'
import { openApiDocument } from './openapi.ts'

const document = JSON.parse(JSON.stringify(openApiDocument())) as ReturnType<typeof openApiDocument>
const operations = Object.values(document.paths).flatMap(item => Object.values(item))

test('the document is valid OpenAPI 3.0', async () => {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)))
  assert.ok(valid, JSON.stringify(errors, null, 2))
})

test('it has every route once', () => {
  const expected = [...served, ...notOurs.map(({ route }) => route)].map(({ operationId }) => operationId)
  assert.deepEqual(operations.map(({ operationId }) => operationId).sort(), expected.sort())
  assert.equal(new Set(expected).size, expected.length)
})

test('every reference leads somewhere, and every shape is referred to', () => {
  const text = JSON.stringify(document)
  const used = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(match => match[1]!),
  )
  const there = Object.keys(document.components.schemas as object)
  assert.deepEqual([...used].sort(), there.sort())
})

test('a path says each of its parameters', () => {
  for (const [path, item] of Object.entries(document.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
    for (const { operationId, parameters = [] } of Object.values(item)) {
      const described = parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name)
      assert.deepEqual(described, named, operationId)
    }
  }
})
