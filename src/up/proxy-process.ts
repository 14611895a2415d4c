// A proxy process. It asks control over its Unix socket, and goes on serving awake computes while control is away.

import { systemClock } from '../lib/clock.ts'
import { ensureCertificates, startProxy } from '../proxy/index.ts'
import type { ProxyStart } from './messages.ts'
import { pathsOf } from './paths.ts'
import { openProcessLog } from './process-log.ts'
import { runRole } from './role.ts'

runRole<ProxyStart>(async start => {
  const logger = openProcessLog(start.log, `proxy-${start.index}`)
  const paths = pathsOf(start.dataDir)
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
    logger,
    clock: systemClock,
  })
  logger.info({ port: proxy.port }, 'proxy is ready')
  return {
    async stop({ graceMs }) {
      await proxy.drain({ graceMs })
      logger.info({}, 'proxy stopped')
    },
  }
})
