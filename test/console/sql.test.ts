// The SQL editor: what it runs, shows, cancels and refuses.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { EndpointType } from '@neondatabase/api-client'
import { query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'
import { type Console, openShop } from './browser.ts'

describe('the SQL editor', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails
  let place: string

  before(async () => {
    ;({ pilotlight, project, browser } = await openShop())
    await query(
      pilotlight,
      project,
      `create table orders (id bigint primary key, state text, note text, total numeric(10,2));
       insert into orders select n, case when n % 3 = 0 then 'paid' else 'open' end, null, n * 1.5 from generate_series(1, 1000) n;
       create function remind() returns int language plpgsql as
         'begin raise notice ''look here'' using hint = ''a hint''; return 1; end'`,
    )
    place = `/projects/${project.id}/sql`
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const editor = () => browser.page.getByRole('textbox', { name: 'SQL' })
  const results = () => browser.page.getByRole('region', { name: 'Results' })
  const grid = () => browser.page.getByRole('grid', { name: 'Rows' })
  const cell = (text: string) => grid().getByRole('gridcell', { name: text, exact: true })
  const button = (name: string) => browser.page.getByRole('button', { name, exact: true })

  const write = async (sql: string) => {
    // A dialog that has just closed gives the keyboard back by a timer, which is not to come in between.
    await editor().waitFor()
    await browser.page.evaluate('new Promise(resolve => setTimeout(resolve))')
    await editor().focus()
    await browser.page.keyboard.press('Control+a')
    await browser.page.keyboard.press('Delete')
    await browser.page.keyboard.insertText(sql)
  }
  const run = async (sql: string, key = 'Control+Enter') => {
    await write(sql)
    await browser.page.keyboard.press(key)
  }
  const stateOfCompute = async () => {
    const { data } = await pilotlight.api.listProjectEndpoints(project.id)
    return data.endpoints[0]?.current_state
  }

  test('opening it wakes nothing; the first statement does, and says so', async () => {
    const { page } = browser
    await pilotlight.api.suspendProjectEndpoint(project.id, project.endpointId)
    await eventually(async () => (await stateOfCompute()) === 'idle', {
      ...{ timeoutMs: 30_000, about: () => 'the compute to sleep' },
    })
    await page.goto(`/projects/${project.id}`)
    await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'SQL Editor' }).click()
    await page.getByRole('heading', { name: 'SQL Editor' }).waitFor()
    await editor().click()
    await page.keyboard.type('sel')
    await page.getByText('asleep').waitFor()
    // What is offered covers the page's text, and has no place in the order of Tab: the editor's keys move through it.
    await page.keyboard.press('Escape')
    await browser.look('sql-first')
    assert.equal(await stateOfCompute(), 'idle')
    await run('select 6 * 7 as answer, null as nothing')
    await cell('42').waitFor()
    await cell('NULL').waitFor()
    await results()
      .getByText(/woke in \d/)
      .waitFor()
    await page.getByText('awake').waitFor()
    assert.deepEqual(browser.complaints, [])
  })

  test('a browser without a network still reaches the Pilotlight of its machine', async () => {
    const { page } = browser
    await page.evaluate('dispatchEvent(new Event("offline"))')
    await run("select 'here' as place")
    await cell('here').waitFor()
    await page.evaluate('dispatchEvent(new Event("online"))')
  })

  test('the statement at the cursor, what is selected, or all of it', async () => {
    const { page } = browser
    await run("select 'one' as a;\n\nselect 'two' as b")
    await cell('two').waitFor()
    assert.equal(await cell('one').count(), 0)
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Control+Enter')
    await cell('one').waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+Enter')
    await results().getByRole('tab').nth(1).waitFor()
    await cell('two').waitFor()
    await run("select 1; create temp table t (a int); select nope; select 'never'", 'Control+Shift+Enter')
    await results()
      .getByRole('tab', { name: /3: failed/ })
      .waitFor()
    assert.equal(await results().getByRole('tab').count(), 3)
    await results()
      .getByRole('tab', { name: /CREATE TABLE/ })
      .click()
    await results().getByRole('tabpanel').getByText('CREATE TABLE').waitFor()
    await browser.look('sql-several')
  })

  test('an error has its place, which is marked in the editor', async () => {
    const { page } = browser
    await run("select '🔥' as flame;\nselect id,\n  nope from orders", 'Control+Shift+Enter')
    const alert = results().getByRole('alert')
    await alert.getByText('column "nope" does not exist').waitFor()
    await alert.getByText('SQLSTATE 42703').waitFor()
    assert.equal(await page.locator('.cm-lintRange-error').textContent(), 'nope')
    await alert.getByRole('button', { name: 'Show line 3, column 3' }).click()
    await page.keyboard.insertText('/**/')
    assert.match((await editor().textContent()) ?? '', /\/\*\*\/nope from orders/)
    await browser.look('sql-error')
    await run('\\dt')
    await page.getByRole('alert').getByText('is a command of psql’s').waitFor()
  })

  test('notices are shown, and what was left open is rolled back and told', async () => {
    await run('select remind()')
    await browser.page.getByRole('list', { name: 'Notices' }).getByText('look here').waitFor()
    await browser.page.getByText('Hint: a hint').waitFor()
    await run("begin; insert into orders values (-1, 'lost')", 'Control+Shift+Enter')
    await results().getByText('was rolled back').waitFor()
    const rows = await query(pilotlight, project, 'select 1 from orders where id = -1')
    assert.equal(rows.length, 0)
  })

  test('100,000 rows of 20 columns are there, and only those in sight are in the page', async () => {
    const { page } = browser
    await page.getByLabel('Rows at most').selectOption('100000')
    const columns = Array.from({ length: 19 }, (_, index) => `n * ${index} as c${index}`).join(', ')
    await run(`select n, ${columns} from generate_series(1, 100000) n`)
    await results().getByText('100,000 rows · 20 columns').waitFor({ timeout: 60_000 })
    assert.equal(await grid().getAttribute('aria-rowcount'), '100001')
    assert.ok((await page.getByRole('gridcell').count()) < 2000)
    await grid().focus()
    await page.keyboard.press('Control+End')
    await cell('1800000').waitFor()
    await page.keyboard.press('Home')
    await cell('100000').first().waitFor()
    // The key moves at once, the page is drawn a moment later.
    const active = async () => (await grid().getAttribute('aria-activedescendant')) ?? ''
    await eventually(async () => (await active()).endsWith('-99999-0'), {
      timeoutMs: 15_000,
      about: () => 'the first cell of the last row to be the active one',
    })
    // Scrolled by the wheel, as people do.
    await grid().evaluate(element => Object.assign(element, { scrollTop: 1_500_000 }))
    await grid().getByRole('rowheader').filter({ hasText: /^50,0/ }).first().waitFor()
    await page.keyboard.press('Control+Home')
    await cell('1').first().waitFor()
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Control+c')
    await eventually(async () => (await browser.clipboard()) === '1\n2', {
      timeoutMs: 15_000,
      about: () => 'two cells in the clipboard',
    })
    await browser.picture('sql-large')
    assert.deepEqual(await browser.barriers(), [])
  })

  test('a value is shown whole, and rows beyond the limit are missed aloud', async () => {
    const { page } = browser
    await page.getByLabel('Rows at most').selectOption('1000')
    await run(`select '{"b":[1,2]}'::jsonb as doc, repeat('x', 2000) as long from generate_series(1, 5000)`)
    await results().getByText('There is more: only the first 1,000 rows').waitFor()
    await grid().focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'doc' })
    await dialog.getByText('"b": [').waitFor()
    await browser.look('sql-value')
    await page.keyboard.press('Escape')
    // The keyboard comes back to where it was.
    await page.locator('[role=grid]:focus').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'long' }).getByText('x'.repeat(2000)).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('[role=grid]:focus').waitFor()
  })

  test('what runs can be cancelled, and is then gone from Postgres', async () => {
    const { page } = browser
    const sleeping = async () => {
      const asked = "select 1 from pg_stat_activity where query = 'select pg_sleep(300)' and state = 'active'"
      return (await query(pilotlight, project, asked)).length
    }
    const begins = async () => (await sleeping()) === 1
    const ends = async () => (await sleeping()) === 0
    for (const cancel of [() => button('Cancel').click(), () => page.keyboard.press('Escape')]) {
      await run('select pg_sleep(300)')
      await eventually(begins, { timeoutMs: 20_000, about: () => 'the statement to run' })
      await cancel()
      await results().getByText('Cancelled').waitFor()
      await eventually(ends, { timeoutMs: 20_000, about: () => 'the statement to be gone' })
    }
    const sleeps = "do $$ begin raise notice 'asleep'; perform pg_sleep(300); end $$"
    await run(`select 1; ${sleeps}`, 'Control+Shift+Enter')
    const tab = (text: RegExp) => results().getByRole('tab', { name: text })
    await tab(/^2: running/).waitFor()
    await button('Cancel').click()
    await tab(/^2: stopped/).waitFor()
  })

  test('two clicks at once run it once', async () => {
    await query(pilotlight, project, 'create table clicks (n int)')
    await write('insert into clicks values (1)')
    await button('Run').evaluate(element => {
      const run = element as unknown as { click(): void }
      run.click()
      run.click()
    })
    await results().getByText('INSERT 0 1').waitFor()
    await write('select count(*)::int as clicks from clicks')
    await button('Run').click()
    await cell('1').waitFor()
  })

  test('choosing another branch neither stops what runs nor forgets what came', async () => {
    const { page } = browser
    const { data } = await pilotlight.api.createProjectBranch(project.id, {
      branch: { name: 'dev' },
      endpoints: [{ type: EndpointType.ReadWrite }],
    })
    await pilotlight.settle(project.id)
    const branch = page.getByLabel('Branch', { exact: true })
    const canRun = () => page.locator('button:not([aria-disabled])').filter({ hasText: /^Run$/ }).waitFor()
    await run("select 'kept' as word; select pg_sleep(300)", 'Control+Shift+Enter')
    await cell('kept').waitFor()
    const rolesRead = page.waitForResponse(reply => reply.url().endsWith(`/branches/${data.branch.id}/roles`))
    await branch.selectOption({ label: 'dev' })
    await rolesRead
    await page.waitForURL(url => url.searchParams.get('branch') === data.branch.id)
    await results().getByText('Running').waitFor()
    await button('Cancel').click()
    await results().getByText('Cancelled').waitFor()
    await cell('kept').waitFor()
    await canRun()
    await run('select 1')
    await results().getByText('on dev').waitFor()
    await branch.selectOption({ label: 'main' })
    await eventually(async () => (await branch.inputValue()) === project.branchId, {
      timeoutMs: 15_000,
      about: () => 'main to be chosen again',
    })
    await canRun()
  })

  test('read-only refuses what writes; so does the past, which shows what was', async () => {
    const { page } = browser
    // It follows the address, which follows the click: only then does the next run go by it.
    const readOnly = (checked: boolean) =>
      page.getByRole('checkbox', { name: 'Read-only', exact: true, checked })
    await readOnly(false).click()
    await readOnly(true).waitFor()
    assert.match(page.url(), /read_only=true/)
    await run("insert into orders values (5000, 'x')")
    await results().getByText('read-only transaction').waitFor()
    await readOnly(true).click()
    await readOnly(false).waitFor()
    const rows = await query(pilotlight, project, 'select pg_current_wal_lsn()::text as lsn')
    const lsn = String(rows[0]?.lsn)
    await query(pilotlight, project, "update orders set state = 'shipped' where id = 1")
    await button('Look into the past').click()
    const dialog = page.getByRole('dialog', { name: 'The past of main' })
    await browser.look('sql-moment')
    await dialog.getByLabel('As of').selectOption('lsn')
    await dialog.getByLabel('LSN', { exact: true }).fill(lsn)
    await dialog.getByRole('button', { name: 'Look into it' }).click()
    await button(`As of LSN ${lsn}`).waitFor()
    assert.match(page.url(), /at=/)
    await run('select state from orders where id = 1')
    await cell('open').waitFor({ timeout: 60_000 })
    await results().getByText(`as of LSN ${lsn}`).waitFor()
    await browser.look('sql-past')
    await run('delete from orders where id = 1')
    await results().getByRole('alert').getByText('read-only').waitFor()
    await button('Back to now').click()
    await button('Look into the past').waitFor()
    await run('select state from orders where id = 1')
    await cell('shipped').waitFor()
  })

  test('a plan is a tree; Explain Analyze keeps nothing of what it did', async () => {
    const { page } = browser
    await write("select * from orders where state = 'paid' order by total desc limit 3")
    await button('Explain').click()
    const plan = page.getByRole('table', { name: 'Plan' })
    await plan.getByText('Limit').waitFor()
    await plan.getByText('orders').waitFor()
    await results().getByText('Not run').waitFor()
    await write('delete from orders where id <= 10')
    await button('Explain Analyze').click()
    await results()
      .getByText(/Run in/)
      .waitFor()
    await plan.getByText('Delete').waitFor()
    await page.getByLabel('Conditions and the like').check()
    await plan.getByText('(id <= 10)').first().waitFor()
    await browser.look('sql-plan')
    const rows = await query(pilotlight, project, 'select count(*)::int as n from orders where id <= 10')
    assert.deepEqual(rows, [{ n: 10 }])
    await write('select * from nowhere')
    await button('Explain Analyze').click()
    await results().getByRole('alert').getByText('relation "nowhere" does not exist').waitFor()
    assert.equal(await page.locator('.cm-lintRange-error').textContent(), 'nowhere')
  })

  test('before every row of the default branch is changed, it asks', async () => {
    const { page } = browser
    await run('delete from orders')
    const dialog = page.getByRole('dialog', { name: 'Run this on main?' })
    await dialog.getByText('DELETE without WHERE removes every row').waitFor()
    await browser.look('sql-confirm')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    const rows = await query(pilotlight, project, 'select count(*)::int as n from orders')
    assert.deepEqual(rows, [{ n: 1000 }])
    await run('create table gone (a int); drop table gone', 'Control+Shift+Enter')
    await dialog.getByLabel('Do not ask again in this tab').check()
    await dialog.getByRole('button', { name: 'Run it' }).click()
    await results()
      .getByRole('tab', { name: /DROP TABLE/ })
      .waitFor()
    await run('update orders set note = null')
    await results().getByText('UPDATE 1000').waitFor()
  })

  test('rows are exported as files', async () => {
    const { page } = browser
    await run(`select 1 as "a,b", null as n, 'say "hi"' as t, '' as e`)
    await results().getByText('1 row · 4 columns').waitFor()
    const fileOf = async (name: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), button(name).click()])
      return readFileSync(await file.path(), 'utf8')
    }
    assert.equal(await fileOf('CSV'), '"a,b",n,t,e\r\n1,,"say ""hi""",""\r\n')
    assert.deepEqual(JSON.parse(await fileOf('JSON')), [{ 'a,b': 1, n: null, t: 'say "hi"', e: '' }])
    await results().getByRole('button', { name: 'Copy' }).click()
    const copied = 'a,b\tn\tt\te\n1\t\t"say ""hi"""\t'
    await eventually(async () => (await browser.clipboard()) === copied, {
      timeoutMs: 15_000,
      about: () => 'the rows in the clipboard',
    })
  })

  test('names of the database are offered', async () => {
    const { page } = browser
    await write('select o.st')
    await page.keyboard.insertText(' from orders o')
    for (let step = 0; step < ' from orders o'.length; step++) await page.keyboard.press('ArrowLeft')
    await eventually(
      async () => {
        await page.keyboard.press('Control+Space')
        return (await page.locator('.cm-completionLabel').allTextContents()).includes('state')
      },
      { timeoutMs: 20_000, about: () => 'the column to be offered' },
    )
    await browser.picture('sql-completion')
    await page.keyboard.press('Tab')
    assert.match((await editor().textContent()) ?? '', /select o\.state from orders o/)
  })

  test('history and draft are kept in the tab, and nothing of SQL elsewhere', async () => {
    const { page } = browser
    await run("select 'hush-hush' as word")
    await cell('hush-hush').waitFor()
    await page.getByRole('link', { name: 'Branches', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Branches', exact: true }).waitFor()
    await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'SQL Editor' }).click()
    await editor().waitFor()
    assert.match((await editor().textContent()) ?? '', /hush-hush/)
    await write('')
    await button('History').click()
    const dialog = page.getByRole('dialog', { name: 'History' })
    await dialog.getByLabel('Search the history').fill('HUSH')
    await browser.look('sql-history')
    await dialog
      .getByRole('button', { name: /hush-hush/ })
      .first()
      .click()
    // The keyboard goes along with the text.
    await page.locator('.cm-content:focus').waitFor()
    assert.match((await editor().textContent()) ?? '', /hush-hush/)
    const stored = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])',
    )
    assert.ok(!String(stored).includes('hush'), String(stored))
    assert.ok(!pilotlight.output.includes('hush-hush'))
  })

  test('queries are saved in the project, replaced knowingly, and deleted', async () => {
    const { page } = browser
    const dialog = page.getByRole('dialog', { name: 'Save the query' })
    const saved = page.getByRole('dialog', { name: 'Saved queries' })
    for (const [sql, action] of [
      ['select 1 as first', 'Save'],
      ['select 2 as second', 'Replace'],
    ] as const) {
      await write(sql)
      await page.keyboard.press('Escape')
      await button('Save').click()
      await dialog.getByLabel('Name').fill('numbers')
      await browser.look(`sql-${action.toLowerCase()}`)
      await dialog.getByRole('button', { name: action, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    // In another tab, as from another browser.
    await page.reload()
    await editor().waitFor()
    assert.doesNotMatch((await editor().textContent()) ?? '', /as second/)
    await button('Saved').click()
    await browser.look('sql-saved')
    await saved.getByRole('button', { name: /^numbers/ }).click()
    await page.locator('.cm-content:focus').waitFor()
    assert.match((await editor().textContent()) ?? '', /select 2 as second/)
    await button('Saved').click()
    await saved.getByRole('button', { name: 'Delete numbers' }).click()
    await saved.getByRole('button', { name: 'Delete for all' }).click()
    await saved.getByText('Nothing is saved yet').waitFor()
    await page.keyboard.press('Escape')
  })

  test('on a narrow page nothing is out of reach', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 740 })
    await run('select * from orders order by id limit 50')
    await cell('1').first().waitFor()
    const width = await page.evaluate('document.documentElement.scrollWidth')
    assert.ok(Number(width) <= 360, `${width}`)
    await browser.look('sql-narrow')
    await write('select * from orders o join orders p using (id)')
    await button('Explain').click()
    await page.getByRole('table', { name: 'Plan' }).waitFor()
    await browser.look('sql-narrow-plan')
    await page.setViewportSize({ width: 1280, height: 720 })
    assert.deepEqual(browser.complaints, [])
  })

  test('who works with the keyboard alone gets everywhere', async () => {
    const { page } = browser
    await page.goto(place)
    // The editor is there before it is known whom it asks, and a key that is pressed is not pressed again.
    await page.getByRole('button', { name: 'Run', exact: true, disabled: false }).waitFor()
    await editor().focus()
    await page.keyboard.insertText("select 'by keyboard' as way")
    // Tab leaves the editor, unless something is offered: that it takes.
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Run')
    await page.keyboard.press('Enter')
    await cell('by keyboard').waitFor()
  })
})
