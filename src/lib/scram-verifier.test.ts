import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createVerifier,
  defaultIterations,
  formatVerifier,
  hmacSha256,
  normalizePassword,
  parseVerifier,
  saltedPassword,
  sha256,
} from './scram-verifier.ts'

/** RFC 7677 §3: user "user", password "pencil". */
const rfc = {
  salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
  iterations: 4096,
  authMessage:
    'n=user,r=rOprNGfwEbeRWgbNEkqO,' +
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,' +
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  clientProof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverSignature: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
}

test('the verifier of RFC 7677 accepts the proof of RFC 7677, and signs as its server does', async () => {
  const text = await createVerifier('pencil', { salt: rfc.salt, iterations: rfc.iterations })
  assert.equal(
    text,
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==' +
      '$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
  const verifier = parseVerifier(text)
  assert.ok(verifier)
  const clientSignature = hmacSha256(verifier.storedKey, rfc.authMessage)
  const proof = Buffer.from(rfc.clientProof, 'base64')
  const clientKey = Buffer.from(proof.map((byte, at) => byte ^ clientSignature[at]!))
  assert.deepEqual(sha256(clientKey), verifier.storedKey)
  assert.equal(hmacSha256(verifier.serverKey, rfc.authMessage).toString('base64'), rfc.serverSignature)
})

test('by default: a salt of its own of 16 bytes, and Postgres’s own iterations', async () => {
  const [one, other] = await Promise.all([createVerifier('pencil'), createVerifier('pencil')])
  assert.notEqual(one, other)
  assert.equal(parseVerifier(one)?.iterations, defaultIterations)
  assert.equal(parseVerifier(one)?.salt.length, 16)
})

test('parsed and written again it is the same', async () => {
  const text = await createVerifier('päss wörd', { iterations: 16 })
  assert.equal(formatVerifier(parseVerifier(text)!), text)
})

const salt = 'W22ZaJ0SNY7soEsUEjb6gQ=='
const key = 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY='
const rubbish: Record<string, string> = {
  nothing: '',
  'an md5 hash': 'md5a1b2c3d4e5f60718293a4b5c6d7e8f90',
  'a plain password': 'pencil',
  'another mechanism': `SCRAM-SHA-1$4096:${salt}$${key}:${key}`,
  'no iterations': `SCRAM-SHA-256$:${salt}$${key}:${key}`,
  'zero iterations': `SCRAM-SHA-256$0:${salt}$${key}:${key}`,
  'negative iterations': `SCRAM-SHA-256$-1:${salt}$${key}:${key}`,
  'no salt': `SCRAM-SHA-256$4096:$${key}:${key}`,
  'a salt of padding only': `SCRAM-SHA-256$4096:=$${key}:${key}`,
  'a salt with a stray end': `SCRAM-SHA-256$4096:${salt}A$${key}:${key}`,
  'a key too short': `SCRAM-SHA-256$4096:${salt}$AAAA:${key}`,
  'a key too long': `SCRAM-SHA-256$4096:${salt}$${key}:${Buffer.alloc(33).toString('base64')}`,
  'a key missing': `SCRAM-SHA-256$4096:${salt}$${key}`,
  'something behind': `SCRAM-SHA-256$4096:${salt}$${key}:${key}:`,
  'a line behind': `SCRAM-SHA-256$4096:${salt}$${key}:${key}\n`,
  'something in front': ` SCRAM-SHA-256$4096:${salt}$${key}:${key}`,
  'a letter that base64 lacks': `SCRAM-SHA-256$4096:${salt}$${key.replace('W', '!')}:${key}`,
}
for (const [what, text] of Object.entries(rubbish)) {
  test(`no verifier: ${what}`, () => assert.equal(parseVerifier(text), null))
}

test('one password, however its letters are put together', async () => {
  assert.equal(normalizePassword('e\u0301'), '\u00e9')
  assert.equal(normalizePassword('\ufb01\u2168'), 'fiIX')
  assert.equal(normalizePassword('plain ASCII, as it is ~!'), 'plain ASCII, as it is ~!')
  const composed = await saltedPassword('\u00e9', rfc.salt, 16)
  assert.deepEqual(await saltedPassword('e\u0301', rfc.salt, 16), composed)
  assert.notDeepEqual(await saltedPassword('e', rfc.salt, 16), composed)
})

test('what SASLprep takes away or turns into spaces (RFC 4013 §2.1)', () => {
  assert.equal(normalizePassword('I\u00adX'), 'IX')
  assert.equal(normalizePassword('a\u00a0b\u3000c\u1680d'), 'a b c d')
})

test('a password with a control character passes as it is', () => {
  assert.equal(normalizePassword('\ufb01\u0007'), '\ufb01\u0007')
  assert.equal(normalizePassword('\u00ad'), '\u00ad')
})
