/** A row for each page of a project, in the order in which they are shown. */
export const projectNavEntries = [
  { to: '/projects/$projectId', text: 'Dashboard', isExact: true },
  { to: '/projects/$projectId/branches', text: 'Branches', isExact: false },
] as const
