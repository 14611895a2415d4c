import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FrameBound } from './frame-bound.ts'

function frame(type: string, body: string): Buffer {
  const header = Buffer.alloc(5)
  header.write(type)
  header.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([header, Buffer.from(body)])
}

function bound(parts: Buffer[]) {
  const passed: Buffer[] = []
  const events: string[] = []
  const frames = new FrameBound({
    maxBytes: 10,
    pass: bytes => passed.push(Buffer.from(bytes)),
    leftOut: () => events.push('left out'),
    tooLarge: () => events.push('too large'),
  })
  for (const part of parts) frames.push(part)
  return { passed: Buffer.concat(passed).toString('latin1'), events }
}

test('a row that is too large is left out, wherever the bytes are cut', () => {
  const small = [frame('T', 'ab'), frame('D', '0123456789'), frame('Z', '')]
  const stream = Buffer.concat([small[0]!, frame('D', '0123456789x'), small[1]!, small[2]!])
  const expected = { passed: Buffer.concat(small).toString('latin1'), events: ['left out'] }
  for (let at = 0; at <= stream.length; at++) {
    assert.deepEqual(bound([stream.subarray(0, at), stream.subarray(at)]), expected, `cut at ${at}`)
  }
  assert.deepEqual(bound([...stream].map(byte => Buffer.from([byte]))), expected)
})

test('so is a notice, of which nobody is told', () => {
  assert.deepEqual(bound([frame('N', '0123456789x'), frame('Z', 'I')]), {
    ...{ passed: frame('Z', 'I').toString('latin1'), events: [] },
  })
})

test('an error that is too large ends it', () => {
  const good = frame('C', 'x')
  const stream = Buffer.concat([good, frame('E', '0123456789x'), good])
  for (let at = 0; at <= stream.length; at++) {
    assert.deepEqual(bound([stream.subarray(0, at), stream.subarray(at)]), {
      ...{ passed: good.toString('latin1'), events: ['too large'] },
    })
  }
})
