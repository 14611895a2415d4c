// The headings of the document, by path: Neon's, and two of ours.

export const tags = [
  { name: 'Project', description: 'Projects, and what hangs on them.' },
  { name: 'Branch', description: 'Branches, with their roles, databases and schemas.' },
  { name: 'Endpoint', description: 'Endpoints, and the computes behind them.' },
  { name: 'Snapshot', description: 'Snapshots of branches, and when they are made.' },
  { name: 'Operation', description: 'What is being done, and what was.' },
  { name: 'Consumption', description: 'What was used.' },
  { name: 'API Key', description: 'The keys of the user.' },
  { name: 'Organizations', description: 'The organization of the installation, its members and keys.' },
  { name: 'Users', description: 'Who the caller is.' },
  { name: 'Region', description: 'The region that the installation is.' },
  { name: 'Pilotlight', description: 'What Neon’s API has no place for.' },
  {
    name: 'Not part of Pilotlight',
    description: 'Paths of Neon’s that are answered in the way that lets its clients carry on.',
  },
]

/** The first that matches. */
const patterns: [RegExp, string][] = [
  [/^\/pilotlight\//, 'Pilotlight'],
  [/^\/api_keys/, 'API Key'],
  [/^\/consumption_history/, 'Consumption'],
  [/^\/organizations/, 'Organizations'],
  [/^\/(users|auth)\b/, 'Users'],
  [/^\/regions/, 'Region'],
  [/\/(snapshots?|backup_schedule)\b/, 'Snapshot'],
  [/\/operations\b/, 'Operation'],
  [/^\/projects\/\{project_id\}\/branches/, 'Branch'],
  [/\/endpoints\b/, 'Endpoint'],
  [/^\/projects/, 'Project'],
]

/** @throws where a path has no heading yet */
export function tagOf(path: string): string {
  const found = patterns.find(([pattern]) => pattern.test(path))
  if (!found) throw new Error(`openapi-tags.ts has no heading for ${path}`)
  return found[1]
}
