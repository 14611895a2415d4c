// What the editor's buttons ask for, made of its text: pure, so that a button can say beforehand why it cannot.

import type { ConsoleQuery } from '../../../src/contract/console-query.ts'
import { limits } from '../../../src/contract/limits.ts'
import { psqlHint } from './psql-hint.ts'
import type { Asked, RunStatement } from './run.ts'
import { type Statement, splitStatements, statementAt } from './split-statements.ts'
import { headOf } from './statement-kind.ts'

export interface EditorText {
  text: string
  /** What is selected; both the same: the cursor. */
  from: number
  to: number
}

/** What is selected, else the statement at the cursor. */
export function chosenStatements({ text, from, to }: EditorText): Statement[] {
  if (from === to) {
    const statement = statementAt(text, splitStatements(text), from)
    return statement ? [statement] : []
  }
  return splitStatements(text.slice(from, to)).map(statement => movedBy(statement, from))
}

function movedBy(statement: Statement, by: number): Statement {
  return {
    ...statement,
    ...{ from: statement.from + by, to: statement.to + by, codeFrom: statement.codeFrom + by },
    tokens: statement.tokens.map(token => ({ ...token, from: token.from + by, to: token.to + by })),
  }
}

/** Why they cannot be run; undefined: they can, for all that the editor knows. */
export function runRefusal(statements: readonly Statement[]): string | undefined {
  if (statements.length === 0) return 'There is no statement'
  if (statements.length > limits.consoleQueryStatements) {
    return `There are ${statements.length} statements, of which ${limits.consoleQueryStatements} can be run at once: that is a job for psql`
  }
  const command = statements.find(({ psqlCommand }) => psqlCommand !== undefined)?.psqlCommand
  return command === undefined ? undefined : psqlHint(command)
}

type Target = Omit<ConsoleQuery, 'statements'>

export function askRun(statements: readonly Statement[], target: Target, text: string, place: string): Asked {
  return {
    query: { ...target, statements: statements.map(({ sql }) => ({ sql })) },
    statements: statements.map(statement => ranAs(statement, '')),
    ...{ text, place },
  }
}

export type ExplainKind = 'plan' | 'analyze'

/** ANALYZE carries the statement out: it is rolled back, whatever it is, for a function may write, too. */
export function askExplain(
  kind: ExplainKind,
  statement: Statement,
  target: Target,
  text: string,
  place: string,
): Asked {
  const prefix = kind === 'plan' ? 'explain (format json) ' : 'explain (analyze, buffers, format json) '
  const explained = { sql: prefix + statement.sql }
  const shown = ranAs(statement, prefix)
  if (kind === 'plan') {
    return { query: { ...target, statements: [explained] }, statements: [shown], ...{ text, place } }
  }
  return {
    query: { ...target, statements: [{ sql: 'begin' }, explained, { sql: 'rollback' }] },
    statements: [undefined, shown, undefined],
    ...{ text, place },
  }
}

function ranAs(statement: Statement, prefix: string): RunStatement {
  return {
    sql: prefix + statement.sql,
    head: headOf(statement, 60),
    from: statement.from,
    prefixLength: prefix.length,
  }
}
