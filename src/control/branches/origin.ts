// Where a branch's data comes from: the catalog's words for it as the engine's.

import type { DataOrigin } from '../../catalog/schema.ts'
import type { Origin, Ref } from '../../engine/engine.ts'

export function dataRef(cell: string, id: string): Ref {
  return { cell, id }
}

export function engineOrigin(cell: string, origin: DataOrigin, pgMajor: number): Origin {
  switch (origin.from) {
    case 'empty':
      return { from: 'empty', pgMajor }
    case 'directory':
      return { from: 'directory', path: origin.path }
    case 'branch':
      return { from: 'branch', parent: dataRef(cell, origin.source), at: origin.at }
  }
}
