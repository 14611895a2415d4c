import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLogger } from '../lib/logger.ts'
import { apiLeafFile, apiNames } from './api-certificate.ts'
import { OwnCertificates } from './own-certificates.ts'

test('certificates are renewed before they end, for as long as it runs', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-own-'))
  const config = { domain: 'db.example', region: 'eu', listen: '0.0.0.0', apiHostNames: ['extra.example'] }
  let nowMs = Date.now()
  let ring: (() => void) | undefined
  const rung = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    heard = resolve
    ring?.()
    return promise
  }
  let heard = () => {}
  const certificates = new OwnCertificates({
    dir,
    hostSuffix: 'eu.db.example',
    apiNames: apiNames(config),
    clock: {
      now: () => nowMs,
      after: (_, run) => {
        ring = run
        heard()
        return { cancel() {} }
      },
      sleep: async () => {},
    },
    logger: silentLogger,
  })
  const served = async (file: string) => new X509Certificate(await readFile(join(dir, file), 'utf8'))
  try {
    await certificates.ensure()
    certificates.keepRenewed()
    const first = await served(apiLeafFile)
    for (const name of ['localhost', 'api.eu.db.example', 'console.db.example', 'extra.example'])
      assert.ok(first.checkHost(name), name)
    assert.ok(first.checkIP('127.0.0.1'))
    assert.ok(!first.checkHost('ep-a.eu.db.example'))

    await rung()
    assert.equal((await served(apiLeafFile)).serialNumber, first.serialNumber, 'still good')
    nowMs += 380 * 86_400_000
    await rung()
    const second = await served(apiLeafFile)
    assert.notEqual(second.serialNumber, first.serialNumber)
    assert.ok(second.validToDate.getTime() > nowMs + 300 * 86_400_000)
    assert.ok((await served('server.pem')).validToDate.getTime() > nowMs + 300 * 86_400_000, 'Postgres’s too')
  } finally {
    certificates.close()
    await rm(dir, { recursive: true })
  }
})
