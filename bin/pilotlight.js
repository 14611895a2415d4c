#!/usr/bin/env node
// Runs src/main.ts on a Node that takes TypeScript as it is (22.18 or newer): this one, or the one that `npm install`
// put beside us.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

if (isNewEnough(process.versions.node)) {
  await import(main)
} else if (existsSync(bundled)) {
  const child = spawn(bundled, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
} else {
  console.error(
    `pilotlight needs Node 22.18 or newer, and this is ${process.versions.node}.\n` +
      'In a checkout, `npm start` installs a fitting one beside it; elsewhere install it from https://nodejs.org.',
  )
  process.exit(2)
}
