// RFC 7677 §3 is the fixed point: user `user`, password `pencil`.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hmacSha256, type ScramVerifier, saltedPassword, sha256 } from '../lib/scram-verifier.ts'
import { bindingType, mockVerifier, ScramClient, ScramServer, type ScramServerResult, xor } from './index.ts'

const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
const iterations = 4096
const clientNonce = 'rOprNGfwEbeRWgbNEkqO'
const serverNonce = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
const serverFirst = `r=${clientNonce}${serverNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`
const rfcProof = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
const rfcSignature = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='

const salted = await saltedPassword('pencil', salt, iterations)
const clientKey = hmacSha256(salted, 'Client Key')
const serverKey = hmacSha256(salted, 'Server Key')
const verifier: ScramVerifier = { salt, iterations, storedKey: sha256(clientKey), serverKey }
const channelBinding = sha256(Buffer.from('certificate'))
const nonce = () => serverNonce

const text = (result: ScramServerResult): string => {
  assert.ok('message' in result, JSON.stringify(result))
  return result.message.toString()
}

test('server: the exchange of RFC 7677, and the ClientKey from its proof', () => {
  const server = new ScramServer({ verifier, channelBinding: null, nonce })
  assert.deepEqual(server.mechanisms, ['SCRAM-SHA-256'])
  assert.equal(text(server.first('SCRAM-SHA-256', Buffer.from(`n,,n=user,r=${clientNonce}`))), serverFirst)
  const verdict = server.final(Buffer.from(`c=biws,r=${clientNonce}${serverNonce},p=${rfcProof}`))
  assert.equal(verdict.outcome, 'accepted')
  assert.equal(text(verdict), rfcSignature)
  assert.deepEqual('clientKey' in verdict && verdict.clientKey, clientKey)
})

test('client and server understand each other, from keys alone', () => {
  const server = new ScramServer({ verifier, channelBinding: null })
  const client = new ScramClient({ clientKey, serverKey, salt, iterations })
  const challenge = server.first('SCRAM-SHA-256', client.first())
  assert.ok(challenge.outcome === 'continue')
  const answer = client.continue(challenge.message)
  assert.ok(answer.outcome === 'continue')
  const verdict = server.final(answer.message)
  assert.ok(verdict.outcome === 'accepted')
  assert.deepEqual(client.final(verdict.message), { outcome: 'accepted' })
})

function clientFinal(gs2Header: string, binding: Buffer, key = clientKey): Buffer {
  const bare = `n=,r=${clientNonce}`
  const cbind = Buffer.concat([Buffer.from(gs2Header), binding]).toString('base64')
  const withoutProof = `c=${cbind},r=${clientNonce}${serverNonce}`
  const proof = xor(key, hmacSha256(sha256(key), `${bare},${serverFirst},${withoutProof}`))
  return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`)
}
const bound = `p=${bindingType},,`
const none = Buffer.alloc(0)

const exchanges: [name: string, mechanism: string, gs2: string, final: Buffer, outcome: string][] = [
  ['PLUS over TLS', 'SCRAM-SHA-256-PLUS', bound, clientFinal(bound, channelBinding), 'accepted'],
  ['no binding over TLS', 'SCRAM-SHA-256', 'n,,', clientFinal('n,,', none), 'accepted'],
  [
    'the certificate of somebody in between',
    'SCRAM-SHA-256-PLUS',
    bound,
    clientFinal(bound, sha256(Buffer.from('other'))),
    'insecure connection: secure channel data mismatch',
  ],
  [
    'the binding left out',
    'SCRAM-SHA-256-PLUS',
    bound,
    clientFinal(bound, none),
    'insecure connection: secure channel data mismatch',
  ],
  [
    'another flag at the end than at the start',
    'SCRAM-SHA-256',
    'n,,',
    clientFinal('y,,', none),
    'insecure connection: secure channel data mismatch',
  ],
  ['another password', 'SCRAM-SHA-256', 'n,,', clientFinal('n,,', none, Buffer.alloc(32, 1)), 'mismatch'],
]
for (const [name, mechanism, gs2, final, outcome] of exchanges)
  test(`server: ${name} → ${outcome}`, () => {
    const server = new ScramServer({ verifier, channelBinding, nonce })
    assert.equal(text(server.first(mechanism, Buffer.from(`${gs2}n=,r=${clientNonce}`))), serverFirst)
    const verdict = server.final(final)
    assert.equal(verdict.outcome === 'violation' ? verdict.detail : verdict.outcome, outcome)
  })

const violation = 'authentication protocol violation'
const firsts: [name: string, mechanism: string, data: string, detail: string][] = [
  ['y while PLUS was offered', 'SCRAM-SHA-256', 'y,,n=,r=abc', 'SCRAM-PLUS not used'],
  [
    'another binding',
    'SCRAM-SHA-256-PLUS',
    'p=tls-exporter,,n=,r=abc',
    'unsupported channel binding method tls-exporter',
  ],
  ['PLUS without binding', 'SCRAM-SHA-256-PLUS', 'n,,n=,r=abc', violation],
  ['binding without PLUS', 'SCRAM-SHA-256', `${bound}n=,r=abc`, violation],
  ['an unknown mechanism', 'PLAIN', 'n,,n=,r=abc', violation],
  ['an authorization identity', 'SCRAM-SHA-256', 'n,a=x,n=,r=abc', violation],
  ['an empty nonce', 'SCRAM-SHA-256', 'n,,n=,r=', violation],
  ['a mandatory extension', 'SCRAM-SHA-256', 'n,,m=x,n=,r=abc', violation],
  ['nothing', 'SCRAM-SHA-256', '', violation],
  ['rubbish', 'SCRAM-SHA-256', '\0\xff,,', violation],
]
for (const [name, mechanism, data, detail] of firsts)
  test(`server refuses ${name}`, () => {
    const server = new ScramServer({ verifier, channelBinding })
    assert.deepEqual(server.first(mechanism, Buffer.from(data)), { outcome: 'violation', detail })
  })

for (const data of [
  '',
  'c=biws',
  'c=biws,r=wrong,p=AAAA',
  `c=biws,r=wrong,p=${rfcProof}`,
  `c=!,r=x,p=${rfcProof}`,
])
  test(`server refuses the final message ${data}`, () => {
    const server = new ScramServer({ verifier, channelBinding: null, nonce })
    server.first('SCRAM-SHA-256', Buffer.from(`n,,n=user,r=${clientNonce}`))
    assert.deepEqual(server.final(Buffer.from(data)), { outcome: 'violation', detail: violation })
  })

test('y is fine where PLUS was not offered', () => {
  const server = new ScramServer({ verifier, channelBinding: null })
  assert.equal(server.first('SCRAM-SHA-256', Buffer.from('y,,n=,r=abc')).outcome, 'continue')
})

test('client: another salt or another count means that the password was changed', () => {
  const keys = { clientKey, serverKey, salt, iterations }
  for (const change of [{ salt: Buffer.alloc(16) }, { iterations: 8192 }]) {
    const client = new ScramClient({ ...keys, ...change }, clientNonce)
    assert.deepEqual(client.continue(Buffer.from(serverFirst)), { outcome: 'verifier changed' })
  }
})

test('client: a server must extend the nonce, and must know the verifier', () => {
  const client = new ScramClient({ clientKey, serverKey, salt, iterations }, clientNonce)
  assert.equal(client.final(Buffer.from(rfcSignature)).outcome, 'violation')
  const replayed = `r=${clientNonce},s=${salt.toString('base64')},i=4096`
  assert.equal(client.continue(Buffer.from(replayed)).outcome, 'violation')
  assert.equal(client.continue(Buffer.from('e=other-error')).outcome, 'violation')
  assert.equal(client.continue(Buffer.from(serverFirst)).outcome, 'continue')
  const forged = `v=${Buffer.alloc(32).toString('base64')}`
  assert.deepEqual(client.final(Buffer.from(forged)), {
    outcome: 'violation',
    detail: 'wrong server signature',
  })
})

test('a mock looks like a real role at every attempt, and nobody gets in', () => {
  const secret = Buffer.from('secret')
  const [first, second] = [mockVerifier(secret, 'nobody'), mockVerifier(secret, 'nobody')]
  assert.deepEqual(first.salt, second.salt)
  assert.equal(first.salt.length, 16)
  assert.equal(first.iterations, iterations)
  assert.notDeepEqual(first.salt, mockVerifier(secret, 'somebody').salt)
  assert.notDeepEqual(first.salt, mockVerifier(Buffer.from('other'), 'nobody').salt)
})
