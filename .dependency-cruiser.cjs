// The arrows of ARCHITECTURE.md, as rules. A broken one says where the code belongs.

/** What each folder of src/ may import of ours, besides itself. */
const mayImport = {
  lib: [],
  contract: [],
  wire: ['lib'],
  catalog: ['lib', 'contract'],
  engine: ['lib', 'contract'],
  control: ['lib', 'contract', 'catalog', 'engine'],
  api: ['lib', 'contract', 'control'],
  proxy: ['lib', 'contract', 'wire'],
  cli: ['lib', 'contract'],
}

/** The sentence a developer reads who drew an arrow that is not there. */
const advice = {
  lib: 'lib is what any program needs; it knows none of our words. Move the caller, or pass the value in.',
  contract: 'contract is data shared by server, CLI and console: zod only, no code of ours.',
  wire: 'wire is pure: bytes in, messages out. Sockets, clocks and logs belong to proxy/.',
  catalog: 'catalog remembers and decides nothing. A decision belongs to control/.',
  engine:
    'an engine keeps data and runs computes; it does not know why. What it must know comes in through engine.ts.',
  control: 'control decides. HTTP belongs to api/, the Postgres protocol to proxy/ and wire/.',
  api: 'a handler makes one call of control and shapes the reply. Queries and engine calls belong behind control/.',
  proxy: 'the proxy declares what it needs (proxy/ports.ts) and main.ts plugs it in.',
  cli: 'the CLI talks HTTP only, as any other client does.',
}

module.exports = {
  forbidden: [
    ...Object.entries(mayImport).map(([folder, allowed]) => ({
      name: `${folder}-may-import-${allowed.join('-') || 'nothing-of-ours'}`,
      comment: advice[folder],
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
    })),
    {
      name: 'contract-needs-zod-only',
      comment: 'contract is also bundled into the console: zod, and nothing else from npm or Node.',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^src/contract/', 'node_modules/zod/'] },
    },
    {
      name: 'wire-is-pure',
      comment:
        'wire has no socket, no file and no clock: of Node it may use crypto (hashes) and nothing else.',
      severity: 'error',
      from: { path: '^src/wire/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
    },
    {
      name: 'engine-behind-its-seam',
      comment: 'control knows the seam (engine/engine.ts), never one engine. main.ts chooses the engine.',
      severity: 'error',
      from: { path: '^src/control/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/engine/', pathNot: '^src/engine/engine\\.ts$' },
    },
    {
      name: 'up-is-the-composition-root',
      comment: 'up/ puts the parts together; only main.ts imports it. What a part needs is handed to it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(up/|main\\.ts$)' },
      to: { path: '^src/up/' },
    },
    {
      name: 'bench-and-test-stay-outside',
      comment: 'nothing that ships may import bench/ or test/.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(bench|test)/' },
    },
    {
      name: 'console-is-a-client',
      comment:
        'the console is a client without privileges: of ours it imports contract, which is bundled with it. Of routes and shapes (zod) it takes the types alone.',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^(src|bench|test|scripts)/', pathNot: '^src/contract/' },
    },
    {
      name: 'console-leaves-zod-behind',
      comment:
        'zod is half as large as the rest of the console: import the types of routes and shapes (import type).',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^src/contract/(routes|shapes)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle means that two files are one, or that a third is missing.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'declared-dependencies-only',
      comment: 'import only what package.json names; a transitive package may vanish at the next install.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
}
