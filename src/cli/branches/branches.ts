import type { Command } from 'commander'
import type { Io } from '../output.ts'
import type { System } from '../system.ts'
import { addBranchChanges } from './change.ts'
import { addBranchCreate } from './create.ts'
import { addBranchDelete } from './delete.ts'
import { addBranchExport } from './export.ts'
import { addBranchHistory } from './history.ts'
import { addBranchList } from './list.ts'
import { addBranchRestore } from './restore.ts'
import { addSchemaDiff } from './schema-diff.ts'

export function addBranches(program: Command, io: Io, system: System): void {
  const branches = program
    .command('branches')
    .description('branch a project, go back to a moment, compare, protect, export')
  // In the order of the help.
  addBranchList(branches, io, system)
  addBranchCreate(branches, io, system)
  addBranchRestore(branches, io, system)
  addBranchChanges(branches, io, system)
  addBranchDelete(branches, io, system)
  addBranchHistory(branches, io, system)
  addSchemaDiff(branches, io, system)
  addBranchExport(branches, io, system)
}
