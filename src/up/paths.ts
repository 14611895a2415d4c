// Where everything lies below the data directory, but for what the engine keeps there (engine/local/layout.ts).

import { join } from 'node:path'

export interface Paths {
  dataDir: string
  runDir: string
  logDir: string
  secretsDir: string
  tlsDir: string
  lockFile: string
  controlSocket: string
  catalogKey: string
}

export function pathsOf(dataDir: string): Paths {
  const runDir = join(dataDir, 'run')
  return {
    dataDir,
    runDir,
    logDir: join(dataDir, 'log'),
    secretsDir: join(dataDir, 'secrets'),
    tlsDir: join(dataDir, 'tls'),
    lockFile: join(runDir, 'up.lock'),
    controlSocket: join(runDir, 'control.sock'),
    catalogKey: join(dataDir, 'secrets', 'catalog.key'),
  }
}
