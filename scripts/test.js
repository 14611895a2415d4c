// npm test: installs what is missing, checks format, lint, types and arrows, then runs every test.
//   npm test                      everything
//   npm test -- test/e2e/cancel   only test files whose path contains one of the given words; no checks

import { spawnSync } from 'node:child_process'
// All of it, because the machine's own Node, on which this file is first read, may lack globSync.
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureConsole, ensureModules, fail, node, root, run } from './setup.js'
import { ensureClients, ensurePython, venv } from './test-packages.js'

/** Commands that the tests use, and the Debian packages that bring them. */
const needs = [
  { command: 'psql', package: 'postgresql-client' },
  { command: 'python3', package: 'python3' },
  { command: 'mkfs.xfs', package: 'xfsprogs' },
  { command: 'mkfs.btrfs', package: 'btrfs-progs' },
  { command: 'filefrag', package: 'e2fsprogs' },
  { command: 'chromium', package: 'chromium' },
]

/** Languages of which the console's connection snippets are run where they are there. */
const welcome = [
  { command: 'ruby', package: 'ruby-pg' },
  { command: 'php', package: 'php-pgsql' },
  { command: 'php', package: 'php-cli' },
]

ensureModules()
if (process.versions.node !== readVersion(node)) {
  // Everything below, this file included, runs on the Node that the project brings.
  run(node, process.argv.slice(1))
  process.exit(0)
}
ensureCommands()
ensureConsole()
ensurePython()
ensureClients()
const words = process.argv.slice(2)
if (words.length === 0) run('npm', ['run', '--silent', 'check'])
runTests(words)

function readVersion(binary) {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  return stdout.trim().replace(/^v/, '')
}

function has(command) {
  return spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${command}`]).status === 0
}

function ensureCommands() {
  const missing = needs.filter(need => !has(need.command)).map(need => need.package)
  // Debian's python3 comes without the venv module's pip.
  if (has('python3') && spawnSync('python3', ['-c', 'import ensurepip, venv']).status !== 0)
    missing.push('python3-venv')
  const isRootOnDebian = fs.existsSync('/etc/debian_version') && process.getuid?.() === 0
  if (isRootOnDebian) missing.push(...welcome.filter(one => !has(one.command)).map(one => one.package))
  if (missing.length === 0) return
  if (!isRootOnDebian) {
    fail(
      `The tests need: ${missing.join(', ')}.\n` +
        `On Debian or Ubuntu: sudo apt-get install ${missing.join(' ')}\n` +
        'On macOS: brew install libpq python (the tools of file systems are not needed there)',
    )
  }
  console.log(`Installing Debian packages for the tests: ${missing.join(', ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['update', '-qq'], { env })
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env })
}

function runTests(words) {
  const all = ['src/**/*.test.ts', 'console/src/**/*.test.ts', 'test/**/*.test.ts']
    .flatMap(pattern => fs.globSync(pattern, { cwd: root }))
    .sort()
  const files = words.length === 0 ? all : all.filter(file => words.some(word => file.includes(word)))
  if (files.length === 0) fail(`no test file matches ${words.join(' ')}`)
  const env = {
    ...process.env,
    PILOTLIGHT_TEST_PYTHON: join(venv, 'bin', 'python'),
    // Hundreds of processes read the same modules.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'),
  }
  if (files.some(file => file.startsWith('test'))) env.PILOTLIGHT_TEST_TEMPLATES = makeTemplates(env)
  run(node, ['--test', '--test-concurrency=2', '--test-timeout=600000', ...files], { env })
}

/** Once a run, for all the programs that tests start; see test/fixtures/templates.ts. */
function makeTemplates(env) {
  const directory = fs.mkdtempSync(join(tmpdir(), 'pilotlight-test-templates-'))
  process.on('exit', () => fs.rmSync(directory, { recursive: true, force: true }))
  run(node, [join('test', 'fixtures', 'templates.ts'), directory], { env })
  return directory
}
