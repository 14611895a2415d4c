// Every message as [name, bytes, message], the bytes written by hand from the manual's formats. Each row is parsed,
// serialized, and cut at every split point; so is one stream of all rows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type BackendMessage,
  ByteQueue,
  type Frame,
  type FrontendMessage,
  ProtocolViolation,
  parseBackendMessage,
  parsePasswordMessage,
  parseSASLInitialResponse,
  parseSASLResponse,
  parseStartupPacket,
  type StartupPacket,
  serializeBackendMessage,
  serializeFrontendMessage,
  serializeStartupPacket,
  takeFrame,
  takeStartupPacket,
} from './index.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const latin = (text: string): Buffer => Buffer.from(text, 'latin1')

const backend: [string, Buffer, BackendMessage][] = [
  ['AuthenticationOk', hex('52 00000008 00000000'), { name: 'AuthenticationOk' }],
  [
    'AuthenticationCleartextPassword',
    hex('52 00000008 00000003'),
    { name: 'AuthenticationCleartextPassword' },
  ],
  [
    'AuthenticationMD5Password',
    hex('52 0000000c 00000005 01020304'),
    { name: 'AuthenticationOther', method: 5, data: hex('01020304') },
  ],
  [
    'AuthenticationSASL',
    latin('R\0\0\0\x2a\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0'),
    { name: 'AuthenticationSASL', mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] },
  ],
  [
    'AuthenticationSASLContinue',
    latin('R\0\0\0\x0d\0\0\0\x0br=abc'),
    { name: 'AuthenticationSASLContinue', data: latin('r=abc') },
  ],
  [
    'AuthenticationSASLFinal',
    latin('R\0\0\0\x0b\0\0\0\x0cv=x'),
    { name: 'AuthenticationSASLFinal', data: latin('v=x') },
  ],
  [
    'ParameterStatus',
    latin('S\0\0\0\x19client_encoding\0UTF8\0'),
    { name: 'ParameterStatus', parameter: 'client_encoding', value: 'UTF8' },
  ],
  [
    'BackendKeyData, 3.0',
    hex('4b 0000000c 0000002a deadbeef'),
    { name: 'BackendKeyData', processId: 42, secretKey: hex('deadbeef') },
  ],
  [
    'BackendKeyData, 3.2',
    hex('4b 00000010 0000002a 0102030405060708'),
    { name: 'BackendKeyData', processId: 42, secretKey: hex('0102030405060708') },
  ],
  ['ReadyForQuery', hex('5a 00000005 49'), { name: 'ReadyForQuery', status: 'I' }],
  ['ReadyForQuery in a transaction', hex('5a 00000005 54'), { name: 'ReadyForQuery', status: 'T' }],
  [
    'ErrorResponse',
    latin('E\0\0\0\x1aSFATAL\0C3D000\0Mno\0Zz\0\0'),
    {
      name: 'ErrorResponse',
      fields: new Map([
        ['S', 'FATAL'],
        ['C', '3D000'],
        ['M', 'no'],
        ['Z', 'z'],
      ]),
    },
  ],
  [
    'NoticeResponse',
    latin('N\0\0\0\x0aMh\xc3\xa9\0\0'),
    { name: 'NoticeResponse', fields: new Map([['M', 'hé']]) },
  ],
  [
    'NegotiateProtocolVersion',
    latin('v\0\0\0\x13\0\0\0\0\0\0\0\x01_pq_.x\0'),
    { name: 'NegotiateProtocolVersion', minor: 0, unrecognized: ['_pq_.x'] },
  ],
  ['a message of no interest', hex('44 00000006 0000'), { name: 'Other', type: 'D', body: hex('0000') }],
  ['an empty body', hex('49 00000004'), { name: 'Other', type: 'I', body: Buffer.alloc(0) }],
]

const parsers = {
  PasswordMessage: parsePasswordMessage,
  SASLInitialResponse: parseSASLInitialResponse,
  SASLResponse: parseSASLResponse,
} as const

const frontend: [string, Buffer, FrontendMessage][] = [
  ['PasswordMessage', latin('p\0\0\0\x0bsesame\0'), { name: 'PasswordMessage', password: 'sesame' }],
  [
    'SASLInitialResponse',
    latin('p\0\0\0\x19SCRAM-SHA-256\0\0\0\0\x03n,,'),
    { name: 'SASLInitialResponse', mechanism: 'SCRAM-SHA-256', data: latin('n,,') },
  ],
  [
    'SASLInitialResponse without data',
    latin('p\0\0\0\x0aX\0\xff\xff\xff\xff'),
    { name: 'SASLInitialResponse', mechanism: 'X', data: null },
  ],
  ['SASLResponse', latin('p\0\0\0\x07c=b'), { name: 'SASLResponse', data: latin('c=b') }],
]

const startup: [string, Buffer, Exclude<StartupPacket, { name: 'Unsupported' }>][] = [
  ['SSLRequest', hex('00000008 04d2162f'), { name: 'SSLRequest' }],
  ['GSSENCRequest', hex('00000008 04d21630'), { name: 'GSSENCRequest' }],
  [
    'CancelRequest',
    hex('00000010 04d2162e 0100002a ffffffff'),
    { name: 'CancelRequest', key: { processId: 0x0100002a, secretKey: -1 } },
  ],
  [
    'StartupMessage 3.0',
    latin('\0\0\0\x20\0\x03\0\0user\0app\0database\0shop\0\0'),
    {
      name: 'StartupMessage',
      major: 3,
      minor: 0,
      parameters: new Map([
        ['user', 'app'],
        ['database', 'shop'],
      ]),
    },
  ],
  [
    'StartupMessage 3.2 without parameters',
    latin('\0\0\0\x09\0\x03\0\x02\0'),
    { name: 'StartupMessage', major: 3, minor: 2, parameters: new Map() },
  ],
]

function cut<T>(chunks: Buffer[], take: (queue: ByteQueue) => T | null): T[] {
  const queue = new ByteQueue()
  const taken: T[] = []
  for (const chunk of chunks) {
    queue.push(chunk)
    for (let next = take(queue); next !== null; next = take(queue)) taken.push(next)
  }
  assert.equal(queue.length, 0)
  return taken
}

function atEverySplit<T>(bytes: Buffer, take: (queue: ByteQueue) => T | null, expected: T[]): void {
  for (let at = 0; at <= bytes.length; at++)
    assert.deepEqual(cut([bytes.subarray(0, at), bytes.subarray(at)], take), expected, `split at ${at}`)
  const single = Array.from(bytes, byte => Buffer.from([byte]))
  assert.deepEqual(cut(single, take), expected, 'byte by byte')
}

const parse = (take: Frame | null): BackendMessage | null => take && parseBackendMessage(take)
const takeBackend = (queue: ByteQueue) => parse(takeFrame(queue, 1_000))
const takeStartup = (queue: ByteQueue) => {
  const body = takeStartupPacket(queue, 1_000)
  return body && parseStartupPacket(body)
}

for (const [name, bytes, message] of backend)
  test(`${name}: parsed at every split, and serialized`, () => {
    atEverySplit(bytes, takeBackend, [message])
    assert.deepEqual(serializeBackendMessage(message), bytes)
  })

for (const [name, bytes, message] of frontend)
  test(`${name}: parsed at every split, and serialized`, () => {
    const take = (queue: ByteQueue): FrontendMessage | null => {
      const frame = takeFrame(queue, 1_000)
      return frame && parsers[message.name](frame.body)
    }
    atEverySplit(bytes, take, [message])
    assert.deepEqual(serializeFrontendMessage(message), bytes)
  })

for (const [name, bytes, message] of startup)
  test(`${name}: parsed at every split, and serialized`, () => {
    atEverySplit(bytes, takeStartup, [message])
    assert.deepEqual(serializeStartupPacket(message), bytes)
  })

test('one stream of all backend messages, cut at every split', () => {
  const stream = Buffer.concat(backend.map(([, bytes]) => bytes))
  atEverySplit(
    stream,
    takeBackend,
    backend.map(([, , message]) => message),
  )
})

test('one stream of all startup packets, cut at every split', () => {
  const stream = Buffer.concat(startup.map(([, bytes]) => bytes))
  atEverySplit(
    stream,
    takeStartup,
    startup.map(([, , message]) => message),
  )
})

const brokenFrames: [string, Buffer][] = [
  ['a length below 4', hex('5a 00000003')],
  ['a length beyond the bound', hex('44 7fffffff')],
  ['a length that is negative as int32', hex('44 ffffffff')],
  ['a string without terminator', latin('S\0\0\0\x08abcd')],
  ['a tail behind the fields', hex('5a 00000006 49 00')],
  ['an authentication request without method', hex('52 00000004')],
  ['ReadyForQuery with an unknown status', hex('5a 00000005 58')],
  ['a secret of two bytes', hex('4b 0000000a 0000002a dead')],
  ['a negative count', hex('76 0000000c 00000000 ffffffff')],
  ['text that is not UTF-8', latin('S\0\0\0\x08\xff\xfe\0\0')],
]
for (const [name, bytes] of brokenFrames)
  test(`violation: ${name}`, () => assert.throws(() => cut([bytes], takeBackend), ProtocolViolation))

const brokenStartup: [string, Buffer][] = [
  ['a length below 8', hex('00000007 000300')],
  ['ten megabytes', hex('00989680 00030000')],
  ['a CancelRequest of protocol 3.2', hex('00000014 04d2162e 00000001 0000000000000000')],
  ['parameters without the last NUL', latin('\0\0\0\x0e\0\x03\0\0user\0\0')],
  ['bytes behind the last NUL', latin('\0\0\0\x0b\0\x03\0\0\0ab')],
]
for (const [name, bytes] of brokenStartup)
  test(`violation in a startup packet: ${name}`, () =>
    assert.throws(() => cut([bytes], takeStartup), ProtocolViolation))

test('another major version, and an unknown request code, are told apart from rubbish', () => {
  assert.deepEqual(parseStartupPacket(hex('00020000')), { name: 'Unsupported', major: 2, minor: 0 })
  assert.deepEqual(parseStartupPacket(hex('04d20001')), { name: 'Unsupported', major: 1234, minor: 1 })
})

test('a password without terminator has a text of its own', () => {
  assert.throws(() => parsePasswordMessage(latin('abc')), /Malformed password message: missing terminator/)
})

test('a NUL inside a startup parameter cannot become another parameter', () => {
  const parameters = new Map([['user', 'app\0database\0other']])
  assert.throws(
    () => serializeStartupPacket({ name: 'StartupMessage', major: 3, minor: 0, parameters }),
    ProtocolViolation,
  )
})

test('a large message in many chunks is joined once', () => {
  const queue = new ByteQueue()
  const total = 8 * 1024 * 1024
  queue.push(Buffer.concat([latin('d'), Buffer.from([0, 0x80, 0, 4])]))
  const chunk = Buffer.alloc(1_024, 7)
  for (let sent = 0; sent < total; sent += chunk.length) {
    assert.equal(takeFrame(queue, total), null)
    queue.push(chunk)
  }
  assert.equal(takeFrame(queue, total)?.body.length, total)
})
