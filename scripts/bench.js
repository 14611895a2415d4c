// npm run bench -- wake: runs a benchmark of bench/.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureModules, fail, node, root, run } from './setup.js'

ensureModules()
const [name, ...rest] = process.argv.slice(2)
const known = readdirSync(join(root, 'bench'))
  .filter(file => file.endsWith('.bench.ts'))
  .map(file => file.replace('.bench.ts', ''))
const file = join(root, 'bench', `${name}.bench.ts`)
if (!name || !existsSync(file)) fail(`usage: npm run bench -- <${known.join('|')}> [options]`)
run(node, [file, ...rest])
