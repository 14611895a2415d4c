import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NdjsonLines } from './ndjson.ts'

const values = [{ a: 1 }, { text: 'grün 🔥\nnext' }, null, [1, [null]]]
const bytes = new TextEncoder().encode(values.map(value => `${JSON.stringify(value)}\n`).join(''))

test('lines come out whole, wherever the bytes are cut', () => {
  for (let at = 0; at <= bytes.length; at++) {
    const lines = new NdjsonLines()
    const got = [...lines.push(bytes.subarray(0, at)), ...lines.push(bytes.subarray(at))]
    assert.deepEqual(got, values, `cut at ${at}`)
  }
})

test('a line without its end is none yet', () => {
  const lines = new NdjsonLines()
  assert.deepEqual(lines.push(new TextEncoder().encode('{"a":1}')), [])
  assert.deepEqual(lines.push(new TextEncoder().encode('\n\n')), [{ a: 1 }])
})

test('what is no JSON is not passed over', () => {
  assert.throws(() => new NdjsonLines().push(new TextEncoder().encode('<html>\n')), SyntaxError)
  assert.throws(() => new NdjsonLines().push(new Uint8Array([0xff, 0x0a])), TypeError)
})
