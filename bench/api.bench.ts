// npm run bench -- api [--fs disk] [--rounds 9] [--quick] [--only projects,branches,creation,polling]
//
// What the size of an installation does to its API: a page of 10,000 projects against one of 10, of 5,000 branches against
// one of 10, a creation beside 10,000 projects, and what clients that poll 50 operations cost somebody's query.

import { branchesListed } from './api/branches.ts'
import { creation } from './api/creation.ts'
import { polling } from './api/polling.ts'
import { projectsListed } from './api/projects.ts'
import { runParts } from './parts.ts'

await runParts('api', { projects: projectsListed, branches: branchesListed, creation, polling })
