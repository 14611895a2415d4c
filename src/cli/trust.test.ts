import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fakeSystem, give } from './testing.ts'
import { certificatesOf, commandText, findTrustStore, isTrusted } from './trust-store.ts'

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
const caFile = '/data/tls/ca.pem'
const ours = pem('b3Vy\ncw==')
const debian = { [caFile]: ours, '/usr/local/share/ca-certificates': '' }
const bundle = '/etc/ssl/certs/ca-certificates.crt'
const trusting = { ...debian, [bundle]: pem('b3RoZXI=') + pem('b3Vycw==') }
const distrusting = { ...debian, [bundle]: pem('b3RoZXI=') }
const args = ['trust', '--ca-file', caFile]

test('certificates are the same however they are folded', () => {
  assert.deepEqual(certificatesOf(ours), ['b3Vycw=='])
})

test('arguments are quoted for a shell', () => {
  assert.equal(commandText(['cp', '/a b/c', "it's"]), "cp '/a b/c' 'it'\\''s'")
})

test('whether the bundle has it', async () => {
  assert.equal(await isTrusted(caFile, fakeSystem(trusting)), true)
  assert.equal(await isTrusted(caFile, fakeSystem(distrusting)), false)
  assert.equal(await isTrusted(caFile, fakeSystem(debian)), null)
  assert.equal(await isTrusted('/none', fakeSystem(trusting)), null)
})

test('each system has its own place', () => {
  const on = (directory: string) => findTrustStore(fakeSystem({ [directory]: '' }))
  assert.equal(
    on('/etc/pki/ca-trust/source/anchors')?.file,
    '/etc/pki/ca-trust/source/anchors/pilotlight.crt',
  )
  assert.deepEqual(on('/etc/ca-certificates/trust-source/anchors')?.add('/ca')[1], ['update-ca-trust'])
  assert.equal(on('/elsewhere'), null)
  const mac = findTrustStore({ platform: 'darwin', exists: () => false })
  assert.deepEqual(mac?.add('/ca')[0]?.slice(0, 2), ['security', 'add-trusted-cert'])
})

describe('trust', () => {
  function root(files: Record<string, string>) {
    const ran: string[] = []
    const system = fakeSystem(files, {
      uid: 0,
      run: async (command, rest) => {
        ran.push([command, ...rest].join(' '))
        return { code: 0, output: '' }
      },
    })
    return { ran, system }
  }

  test('as root it puts the file there and refreshes the bundle', async () => {
    const { ran, system } = root(distrusting)
    const { code, stdout } = await give(args, { system })
    assert.equal(code, 0)
    assert.deepEqual(ran, [
      `install -m 0644 ${caFile} /usr/local/share/ca-certificates/pilotlight.crt`,
      'update-ca-certificates',
    ])
    assert.match(stdout, /now trusts/)
  })

  test('what is trusted already is left alone', async () => {
    const { ran, system } = root(trusting)
    assert.match((await give(args, { system })).stdout, /trusts .* already/)
    assert.deepEqual(ran, [])
  })

  test('without root: the commands to run', async () => {
    const { code, stderr } = await give(args, { system: fakeSystem(distrusting) })
    assert.equal(code, 2)
    assert.match(stderr, /sudo install -m 0644 \/data\/tls\/ca\.pem .*\n.*sudo update-ca-certificates/)
  })

  test('--print changes nothing', async () => {
    const { ran, system } = root(distrusting)
    const { stdout } = await give([...args, '--print'], { system })
    assert.equal(stdout.split('\n')[0], caFile)
    assert.deepEqual(ran, [])
  })

  test('--remove, once', async () => {
    const { ran, system } = root({ ...trusting, '/usr/local/share/ca-certificates/pilotlight.crt': ours })
    await give([...args, '--remove'], { system })
    assert.deepEqual(ran, [
      'rm -f /usr/local/share/ca-certificates/pilotlight.crt /etc/ssl/certs/pilotlight.pem',
      'update-ca-certificates',
    ])
    const again = root(distrusting)
    assert.match((await give([...args, '--remove'], { system: again.system })).stdout, /already/)
    assert.deepEqual(again.ran, [])
  })

  test('what fails is said in its own words', async () => {
    const system = fakeSystem(distrusting, { uid: 0, run: async () => ({ code: 1, output: 'read-only' }) })
    const { code, stderr } = await give(args, { system })
    assert.equal(code, 1)
    assert.match(stderr, /install .* failed: read-only/)
  })
})
