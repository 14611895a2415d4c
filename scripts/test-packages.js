// Packages that only the tests use, in directories of their own below node_modules/.cache, made anew when what is
// wanted changes.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './setup.js'

const cache = join(root, 'node_modules', '.cache')
export const venv = join(cache, 'python')
const clientsVenv = join(cache, 'clients-python')
const clients = join(cache, 'clients')

/** Django and psycopg, for the example's tests, the driver's and the console's; and the Python clients of the API, apart. */
export function ensurePython() {
  ensureVenv(venv, [
    join(root, 'examples', 'django-shop', 'requirements.txt'),
    join(root, 'test', 'console', 'requirements.txt'),
  ])
  ensureVenv(clientsVenv, [join(root, 'test', 'clients', 'packages', 'requirements.txt')])
}

function ensureVenv(directory, requirements) {
  const stamp = join(directory, 'requirements.txt')
  const wanted = requirements.map(file => readFileSync(file, 'utf8')).join('')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Installing Python packages for the tests …')
  run('python3', ['-m', 'venv', '--clear', directory])
  const pip = join(directory, 'bin', 'pip')
  run(pip, [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...requirements.flatMap(file => ['-r', file]),
  ])
  writeFileSync(stamp, wanted)
}

/** Neon's own npm clients. Not dependencies of ours, because they pin other versions of what we depend on. */
export function ensureClients() {
  const source = join(root, 'test', 'clients', 'packages')
  const stamp = join(clients, '.lock')
  const wanted = readFileSync(join(source, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Installing clients for the tests …')
  rmSync(clients, { recursive: true, force: true })
  mkdirSync(clients, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(source, file), join(clients, file))
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: clients })
  writeFileSync(stamp, wanted)
}
