// Neon's document is the list of paths: each is ours or one that we know not to be, and no other is.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { partly, served } from './all.ts'
import { notOurs, type Route } from './index.ts'

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** `get /projects/{}` by operationId: what a parameter is called is no business of a client's. */
function ofDocument(): Map<string, string> {
  const main = createRequire(import.meta.url).resolve('@neondatabase/api-client/package.json')
  const text = readFileSync(join(dirname(main), 'public-v2-for-users.gen.yaml'), 'utf8')
  const document = parse(text) as { paths: Record<string, Record<string, { operationId?: string }>> }
  const found = new Map<string, string>()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const id = item[method]?.operationId
      if (id !== undefined) found.set(id, `${method} ${bare(path)}`)
    }
  }
  return found
}

const bare = (path: string) => path.replaceAll(/\{\w+\}/g, '{}')
const isOfNeon = ({ path }: Route) => !path.startsWith('/pilotlight/')
const shown = ({ method, path }: Route) => `${method} ${bare(path)}`

test('every operation of the document is answered, at its own path, and none that it does not have', () => {
  const document = ofDocument()
  assert.equal(document.size, 163)
  const ours = new Map(
    [...served.filter(isOfNeon), ...notOurs.map(({ route }) => route)].map(route => [
      route.operationId,
      shown(route),
    ]),
  )
  assert.deepEqual(
    [...document.keys()].filter(id => !ours.has(id)),
    [],
    'operations without an answer',
  )
  for (const [id, place] of ours) assert.equal(place, document.get(id), id)
})

test('nothing is served, and said to be no part of Pilotlight', () => {
  const ids = new Set(served.map(({ operationId }) => operationId))
  assert.deepEqual(
    notOurs.map(({ route }) => route.operationId).filter(id => ids.has(id)),
    [],
  )
})

test('what is partly served is served', () => {
  const ids = new Set(served.map(({ operationId }) => operationId))
  assert.deepEqual(
    Object.keys(partly).filter(id => !ids.has(id)),
    [],
  )
})
