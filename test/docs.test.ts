import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { pages } from '../scripts/docs.ts'

for (const [path, render] of Object.entries(pages)) {
  test(`${path} is what the code says (npm run docs)`, () => {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
    assert.equal(readFileSync(file, 'utf8'), render())
  })
}
