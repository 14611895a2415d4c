// Makes a checkout ready: node_modules as package-lock.json says. Runs on any Node, without dependencies.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const node = join(root, 'node_modules', 'node', 'bin', 'node')
const stamp = join(root, 'node_modules', '.pilotlight-lock')

/** Installs what is missing or out of date; says so only if there is something to do. */
export function ensureModules() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const current = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  if (current !== lock || !existsSync(node)) {
    console.log('Installing dependencies (npm ci) …')
    // Errors only: on an old Node npm warns about engines, though everything runs on the Node that it installs here.
    run('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'])
    if (!existsSync(node)) {
      fail('npm ci did not install Node. Are install scripts switched off (npm config get ignore-scripts)?')
    }
    writeFileSync(stamp, lock)
  }
  linkOwnCommand()
}

/** Builds the console where its sources are others than those built last. It reads 200 files, in some milliseconds. */
export function ensureConsole() {
  const places = ['console/src', 'console/public', 'src/contract'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true }).map(name => join(folder, name)),
  )
  const hash = createHash('sha256')
  for (const file of [
    'console/index.html',
    'console/vite.config.ts',
    'package-lock.json',
    ...places.sort(),
  ]) {
    if (!lstatSync(join(root, file)).isFile()) continue
    hash.update(file)
    hash.update(readFileSync(join(root, file)))
  }
  const wanted = hash.digest('hex')
  const built = join(root, 'console', 'dist', '.sources')
  if (existsSync(built) && readFileSync(built, 'utf8') === wanted) return
  console.log('Building the console …')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  run(node, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, 'console') })
  writeFileSync(built, wanted)
}

/** So that `npx pilotlight` in a checkout runs the checkout. */
function linkOwnCommand() {
  const link = join(root, 'node_modules', '.bin', 'pilotlight')
  if (lstatSync(link, { throwIfNoEntry: false })) return
  mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true })
  symlinkSync('../../bin/pilotlight.js', link)
}

/** Runs a command with its output shown; ends this program with its exit code if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) fail(`cannot run ${command}: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

export function fail(message) {
  console.error(message)
  process.exit(1)
}
