/**
 * A row for each page of a project, in the order in which they are shown: Dashboard, Branches, SQL Editor, Tables,
 * Monitoring, Operations, Guides, Settings. The letters that lead there stand in shell/shortcuts.ts.
 */
export const projectNavEntries = [
  { to: '/projects/$projectId', text: 'Dashboard', isExact: true },
  { to: '/projects/$projectId/branches', text: 'Branches', isExact: false },
  { to: '/projects/$projectId/sql', text: 'SQL Editor', isExact: false },
  { to: '/projects/$projectId/tables', text: 'Tables', isExact: false },
  { to: '/projects/$projectId/monitoring', text: 'Monitoring', isExact: false },
  { to: '/projects/$projectId/operations', text: 'Operations', isExact: false },
  { to: '/projects/$projectId/guides', text: 'Guides', isExact: false },
  { to: '/projects/$projectId/settings', text: 'Settings', isExact: false },
] as const
