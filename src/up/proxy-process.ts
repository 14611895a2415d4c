// A proxy process. It asks control over its Unix socket, and goes on serving awake computes while control is away.

import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { ensureCertificates, postgresLeafFile, readLeaf, startProxy } from '../proxy/index.ts'
import type { ProxyStart } from './messages.ts'
import { pathsOf } from './paths.ts'
import { openProcessLog } from './process-log.ts'
import { FileStates, repeat } from './repeat.ts'
import { runRole } from './role.ts'

/** `up` renews it 30 days before its end. */
const lookForRenewalEveryMs = 60_000

runRole<ProxyStart>(async start => {
  const logger = openProcessLog(start.log, `proxy-${start.index}`)
  const paths = pathsOf(start.dataDir)
  const files = new FileStates([join(paths.tlsDir, postgresLeafFile)])
  await files.haveChanged()
  const certificates = await ensureCertificates({
    dir: paths.tlsDir,
    hostSuffix: start.hostSuffix,
    clock: systemClock,
  })
  const proxy = await startProxy({
    listen: start.listen,
    port: start.port,
    reusePort: start.shared,
    index: start.index,
    runDir: paths.runDir,
    controlSocketPath: paths.controlSocket,
    certificates,
    hostSuffix: start.hostSuffix,
    consoleSecret: start.consoleSecret,
    logger,
    clock: systemClock,
  })
  const renewal = repeat(systemClock, lookForRenewalEveryMs, async () => {
    if (!(await files.haveChanged())) return
    try {
      proxy.renew(await readLeaf(paths.tlsDir, postgresLeafFile))
      logger.info({}, 'new clients get the renewed certificate')
    } catch (error) {
      files.forget()
      logger.error({ err: error }, 'the renewed certificate cannot be read; the old one is kept')
    }
  })
  logger.info({ port: proxy.port }, 'proxy is ready')
  return {
    async stop({ graceMs }) {
      renewal.cancel()
      await proxy.drain({ graceMs })
      logger.info({}, 'proxy stopped')
    },
  }
})
