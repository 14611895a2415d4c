// npm start: installs what is missing, then `pilotlight up`. Flags go behind `--`: npm start -- --suspend-after 60

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureModules, node, root } from './setup.js'

ensureModules()
const child = spawn(node, [join(root, 'src', 'main.ts'), 'up', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
// Ctrl-C reaches the child through the terminal; what is sent to us alone is passed on.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
