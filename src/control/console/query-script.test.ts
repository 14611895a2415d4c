import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import pg from 'pg'
import type { ConsoleQueryLine } from '../../contract/console-query.ts'
import { QueryOutput } from './query-output.ts'
import { QueryScript, type ScriptNeeds } from './query-script.ts'
import type { QueryStatement } from './query-statement.ts'
import { TypeNames } from './query-types.ts'

test('a request to stop that comes too late for its statement, and meets the transaction, is told', async () => {
  let status: 'T' | 'E' = 'T'
  let itsTimeIsUp = () => {}
  const asked: string[] = []
  const session: ScriptNeeds['session'] = {
    get status() {
      return status
    },
    stream: new PassThrough(),
    boundMessages() {},
    onNotice() {},
    onNotification() {},
    async run(statement) {
      itsTimeIsUp()
      ;(statement as QueryStatement).handleCommandComplete({ text: 'INSERT 0 1' })
    },
    async query(sql) {
      asked.push(sql)
      if (sql !== 'select 1') return []
      status = 'E'
      const error = new pg.DatabaseError('canceling statement due to user request', 0, 'error')
      throw Object.assign(error, { code: '57014' })
    },
    async cancel() {},
  }
  const lines: ConsoleQueryLine[] = []
  const output = new QueryOutput({
    write(line) {
      lines.push(line)
      return undefined
    },
  })
  const clock = {
    after(_: number, run: () => void) {
      itsTimeIsUp = run
      return { cancel() {} }
    },
  }
  const types = new TypeNames(() => Promise.reject(new Error('nobody asks')))
  const query = {
    ...{ project_id: 'p', branch_id: 'br', database: 'app', role: 'app' },
    ...{ statements: [{ sql: 'insert into t values (1)' }], transaction: true, read_only: false },
  }
  const isRolledBack = await new QueryScript(query, { session, output, types, clock }).run()
  assert.deepEqual(
    lines.map(line => (line.type === 'error' ? [line.statement, line.error.code] : line.type)),
    ['done', [0, '57014']],
  )
  assert.equal(isRolledBack, true)
  assert.deepEqual(asked, ['begin', 'select 1', 'rollback'])
})
