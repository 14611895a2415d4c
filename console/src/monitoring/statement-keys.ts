import type { SlowStatement } from '../../../src/contract/console-monitoring.ts'

/**
 * By which a row is known when the order changes. Each role and database counts a statement for itself, and Postgres may
 * have one several times even so (by other tables of the same name).
 */
export function withKeys(statements: readonly SlowStatement[]): [key: string, SlowStatement][] {
  const seen = new Map<string, number>()
  return statements.map(statement => {
    const name = JSON.stringify([statement.database, statement.role, statement.query])
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    return [`${name} ${count}`, statement]
  })
}
