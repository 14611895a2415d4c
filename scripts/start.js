// npm start: installs what is missing, then `pilotlight up`. Flags go behind `--`: npm start -- --suspend-after 60

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureConsole, ensureModules, node, root } from './setup.js'

ensureModules()
ensureConsole()
const child = spawn(node, [join(root, 'src', 'main.ts'), 'up', ...process.argv.slice(2)], {
  stdio: 'inherit',
})
// What npm or a service manager tells us is meant for Pilotlight. (Ctrl-C also reaches it through the terminal; it takes
// two signals in the same moment for one.)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
