// The page of branches: the tree, and all that can be done with one of them.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { psql, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'
import { type Console, openShop } from './browser.ts'

/** The next whole second, once it is past: fields of times have seconds, and what came before lies before it. */
async function wholeSecond(): Promise<number> {
  const at = (Math.floor(Date.now() / 1000) + 1) * 1000
  const about = () => 'the second to be over'
  await eventually(() => Date.now() > at, { timeoutMs: 10_000, about })
  return at
}

describe('branches', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails
  let place: string

  before(async () => {
    ;({ pilotlight, project, browser } = await openShop())
    await query(pilotlight, project, 'create table orders (id int, state text)')
    place = `/projects/${project.id}/branches`
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const row = (name: string) =>
    browser.page
      .getByRole('table', { name: 'Branches', exact: true })
      .getByRole('row')
      .filter({ has: browser.page.getByRole('button', { name: `Actions of ${name}`, exact: true }) })

  const menu = (name: string) => row(name).getByRole('button', { name: `Actions of ${name}`, exact: true })

  /** Opens the menu of a branch and takes an entry of it. */
  const act = async (name: string, entry: string) => {
    await menu(name).click()
    await browser.page.getByRole('menuitem', { name: new RegExp(`^${entry}`) }).click()
  }

  const look = (name: string) => browser.look(name)

  test('a project leads to them, and they teach what they are', async () => {
    const { page } = browser
    await page.goto(`/projects/${project.id}`)
    await page
      .getByRole('navigation', { name: 'Project' })
      .getByRole('link', { name: 'Branches', exact: true })
      .click()
    await page.getByRole('heading', { name: 'Branches', exact: true }).waitFor()
    await page.getByText('What is written to it never reaches its parent').waitFor()
    await row('main').getByText('default').waitFor()
    await look('branches-first')
  })

  test('one is made of now, and stands below its parent', async () => {
    const { page } = browser
    await page.getByRole('button', { name: 'New branch' }).click()
    const dialog = page.getByRole('dialog', { name: 'New branch' })
    await dialog.getByLabel('Name').fill('main')
    await dialog.getByText('Another branch has this name').waitFor()
    await dialog.getByLabel('Name').fill('dev')
    await look('branch-create')
    await dialog.getByRole('button', { name: 'Create branch' }).click()
    await page.getByText('dev is ready').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await row('dev').getByText(', child of main').waitFor({ state: 'attached' })
    await row('dev').getByText('LSN').waitFor()
    await row('dev').getByText('alone').waitFor()
    await row('dev').getByText('awake').waitFor()
    await look('branches')
  })

  test('one of a moment has what was there then, and no compute unless asked for', async () => {
    const { page } = browser
    await query(pilotlight, project, `insert into orders values (1, 'paid')`)
    await page.goto(`${place}?dialog=create`)
    const dialog = page.getByRole('dialog', { name: 'New branch' })
    await dialog.getByLabel('Name').fill('then')
    await dialog.getByLabel('From').selectOption('time')
    await dialog.getByLabel('Time within the history').waitFor()
    await dialog.getByLabel('Time', { exact: true }).fill('2020-01-01T00:00:00')
    await dialog.getByText('Its history begins').first().waitFor()
    assert.equal(
      await dialog.getByRole('button', { name: 'Create branch' }).getAttribute('aria-disabled'),
      'true',
    )
    await dialog.getByLabel('Time', { exact: true }).fill('')
    await dialog.getByText('Choose a time').waitFor()
    await dialog.getByLabel('Time within the history').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    await dialog.getByLabel('Expires').selectOption('In 1 hour')
    await dialog.getByLabel('With a compute').uncheck()
    await look('branch-create-at')
    await dialog.getByRole('button', { name: 'Create branch' }).click()
    await page.getByText('then is ready').waitFor()
    await row('then')
      .getByText(/in (1 hour|\d+ minutes)/)
      .waitFor()
    await row('then').getByRole('cell', { name: 'none' }).waitFor()
  })

  test('one of an LSN has what was written before it', async () => {
    const { page } = browser
    await query(pilotlight, project, `insert into orders values (10, 'before')`)
    const [{ lsn }] = (await query(pilotlight, project, 'select pg_current_wal_flush_lsn() as lsn')) as [
      { lsn: string },
    ]
    await query(pilotlight, project, `insert into orders values (11, 'after')`)
    await page.goto(`${place}?dialog=create`)
    const dialog = page.getByRole('dialog', { name: 'New branch' })
    await dialog.getByLabel('Name').fill('of-lsn')
    await dialog.getByLabel('From').selectOption('lsn')
    await dialog.getByLabel('LSN', { exact: true }).fill('nowhere')
    await dialog.getByText('An LSN is written like').waitFor()
    await dialog.getByLabel('LSN', { exact: true }).fill(lsn)
    await dialog.getByRole('button', { name: 'Create branch' }).click()
    await page.getByText('of-lsn is ready').waitFor()
    await row('of-lsn').getByText(`LSN ${lsn}`).waitFor()
    assert.deepEqual(await idsOn('of-lsn', 'where id >= 10'), [10])
    await query(pilotlight, project, 'delete from orders where id >= 10')
  })

  test('one of a snapshot has what was kept', async () => {
    const { page } = browser
    await query(pilotlight, project, `insert into orders values (20, 'kept')`)
    await pilotlight.api.createSnapshot({
      ...{ projectId: project.id, branchId: project.branchId, name: 'nightly' },
    })
    await pilotlight.settle(project.id)
    await query(pilotlight, project, 'delete from orders where id = 20')
    await page.goto(`${place}?dialog=create`)
    const dialog = page.getByRole('dialog', { name: 'New branch' })
    await dialog.getByLabel('Name').fill('of-snapshot')
    await dialog.getByLabel('From').selectOption('snapshot')
    await dialog.getByLabel('Snapshot', { exact: true }).waitFor()
    await dialog.getByLabel('Expires').selectOption('In 1 hour')
    await look('branch-create-snapshot')
    const asked = '**/api/v2/projects/*/branches/*'
    await page.route(asked, async route => {
      if (route.request().method() !== 'PATCH') return await route.fallback()
      await route.fulfill({ status: 503, json: { message: 'no such luck' } })
    })
    await dialog.getByRole('button', { name: 'Create branch' }).click()
    await page.getByText('of-snapshot is ready').waitFor()
    // It is made, though it was refused that it expires: the form must not ask for it again.
    await page.getByText('Making of-snapshot expire: refused').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await row('of-snapshot').getByText('never').waitFor()
    await page.unroute(asked)
    assert.deepEqual(await idsOn('of-snapshot', 'where id = 20'), [20])
  })

  test('a change is seen at once, and taken back where the server says no', async () => {
    const { page } = browser
    await page.goto(place)
    await page.route('**/api/v2/projects/*/branches/*', async route => {
      if (route.request().method() !== 'PATCH') return await route.fallback()
      // It is seen while nobody has answered yet.
      await row('hopeful').waitFor()
      const body = { code: 'branch_exists', message: 'branch already exists', request_id: 'r-1' }
      await route.fulfill({ status: 409, json: body })
    })
    await act('of-lsn', 'Rename')
    await page.getByRole('dialog').getByLabel('Name').fill('hopeful')
    await page.getByRole('button', { name: 'Rename', exact: true }).click()
    await page.getByRole('region', { name: 'News' }).getByText('(request r-1)').waitFor()
    await row('of-lsn').waitFor()
    assert.equal(await row('hopeful').count(), 0)
    await page.unroute('**/api/v2/projects/*/branches/*')
  })

  test('children are folded away', async () => {
    const { page } = browser
    await page.goto(place)
    const fold = page.getByRole('button', { name: 'Branches of main', exact: true })
    await fold.click()
    await row('main').getByText('3 below').waitFor()
    assert.equal(await row('of-lsn').count(), 0)
    await look('branches-folded')
    await fold.click()
    await row('of-lsn').waitFor()
  })

  test('hundreds of branches are drawn, searched and folded', async t => {
    const { page } = browser
    // The page may just be asking.
    t.after(() => page.unrouteAll({ behavior: 'ignoreErrors' }))
    const list = (url: URL) => url.pathname.endsWith('/branches') && url.pathname.startsWith('/api/')
    await page.route(list, async route => {
      const answer = await route.fetch()
      const reply = (await answer.json()) as { branches: { id: string; name: string }[] }
      const model = reply.branches.find(({ name }) => name === 'of-lsn')
      const many = Array.from({ length: 400 }, (_, n) => ({ ...model, id: `br-many-${n}`, name: `pr-${n}` }))
      await route.fulfill({ response: answer, json: { ...reply, branches: [...reply.branches, ...many] } })
    })
    await page.goto(place)
    await page.getByText(/300 of 40\d are shown/).waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await row('pr-399').waitFor()
    await page.getByLabel('Search branches').fill('pr-123')
    await row('pr-122').waitFor({ state: 'detached' })
    await row('pr-123').waitFor()
    await page.getByLabel('Search branches').fill('')
    await page.getByRole('button', { name: 'Fold all', exact: true }).click()
    await row('pr-123').waitFor({ state: 'detached' })
    await browser.picture('branches-many-folded')
    await page.getByRole('button', { name: 'Unfold all' }).click()
    await row('pr-123').waitFor()
  })

  test('where no history is kept, the form says so and where to change it', async () => {
    const { page } = browser
    const { data } = await pilotlight.api.createProject({
      project: { name: 'present', history_retention_seconds: 0 },
    })
    await pilotlight.settle(data.project.id)
    await page.goto(`/projects/${data.project.id}/branches?dialog=restore`)
    const dialog = page.getByRole('dialog', { name: 'Restore main' })
    await dialog.getByText('This project keeps no history').waitFor()
    assert.match(
      (await dialog.getByRole('button', { name: 'Restore', exact: true }).getAttribute('title')) ?? '',
      /no past/,
    )
    await look('branch-restore-no-history')
    await dialog.getByRole('link', { name: 'Its settings' }).click()
    await page.getByRole('heading', { name: 'History', exact: true }).waitFor()
    await pilotlight.api.deleteProject(data.project.id)
  })

  test('the search stands in the address, and keeps who leads to what it found', async () => {
    const { page } = browser
    await page.goto(place)
    await page.getByLabel('Search branches').fill('dev')
    await row('then').waitFor({ state: 'detached' })
    await row('main').waitFor()
    await page.reload()
    await row('dev').waitFor()
    assert.equal(await page.getByLabel('Search branches').inputValue(), 'dev')
    assert.equal(await row('then').count(), 0)
    await page.getByLabel('Search branches').fill('nothing-such')
    await page.getByText('No branch has such a name or id').waitFor()
    await page.goto(`${place}?dialog=rename&branch=br-gone`)
    await page.getByRole('dialog', { name: 'The branch is gone' }).waitFor()
  })

  test('renamed, protected, made to expire', async () => {
    const { page } = browser
    await page.goto(place)
    await act('dev', 'Rename')
    await page.getByRole('dialog').getByLabel('Name').fill('staging')
    await page.getByRole('button', { name: 'Rename', exact: true }).click()
    // It is seen before the server knows: until it does, the next change may be seen, gone and seen again.
    await page.getByText('dev is called staging now').waitFor()
    await row('staging').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await act('staging', 'Protect')
    await page.getByText('neither be deleted nor restored nor reset').waitFor()
    await page.getByRole('button', { name: 'Protect', exact: true }).click()
    await page.getByText('staging is protected').waitFor()
    await row('staging').getByText('protected').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await menu('staging').click()
    await page
      .getByRole('menuitem', { name: /^Delete/ })
      .getByText('unprotect it first')
      .waitFor()
    await look('branch-menu')
    await page.getByRole('menuitem', { name: /^Unprotect/ }).click()
    await page.getByRole('button', { name: 'Unprotect', exact: true }).click()
    await page.getByText('staging is no longer protected').waitFor()
    await row('staging').getByText('protected').waitFor({ state: 'detached' })
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await act('staging', 'Set an expiry')
    await page.getByRole('dialog').getByLabel('Expires').selectOption('In 7 days')
    await look('branch-expire')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('staging expires').waitFor()
    await row('staging').getByText('in 7 days').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await act('staging', 'Change its expiry')
    await page.getByRole('dialog').getByLabel('Expires', { exact: true }).selectOption('Never')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('staging does not expire any more').waitFor()
    await row('staging').getByText('never').waitFor()
  })

  test('the default branch changes, and back', async () => {
    const { page } = browser
    await page.goto(place)
    await act('staging', 'Set as default')
    await page.getByRole('button', { name: 'Set as default' }).click()
    await page.getByText('staging is the default branch').waitFor()
    await row('staging').getByText('default').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await act('main', 'Set as default')
    await page.getByRole('button', { name: 'Set as default' }).click()
    await page.getByText('main is the default branch').waitFor()
    await row('main').getByText('default').waitFor()
  })

  test('a restore brings back what was lost, and keeps what there was', async () => {
    const { page } = browser
    await query(pilotlight, project, `insert into orders values (2, 'wanted')`)
    const wantedMs = await wholeSecond()
    await query(pilotlight, project, 'drop table orders')
    await page.goto(place)
    await act('main', 'Restore')
    const dialog = page.getByRole('dialog', { name: 'Restore main' })
    await dialog.getByRole('button', { name: 'The beginning' }).click()
    assert.equal(
      await dialog.getByRole('button', { name: 'The beginning' }).getAttribute('aria-pressed'),
      'true',
    )
    // By the keyboard: a minute back is before the beginning, a second on is not.
    const slider = dialog.getByLabel('Time within the history')
    await slider.focus()
    const beginning = await slider.inputValue()
    await page.keyboard.press('Shift+ArrowLeft')
    assert.equal(await slider.inputValue(), beginning)
    await page.keyboard.press('ArrowRight')
    assert.equal(Number(await slider.inputValue()) - Number(beginning), 1000)
    await dialog.getByText(/It is \d{4}-\d\d-\d\d [\d:]+ UTC/).waitFor()
    await dialog.getByLabel('Time', { exact: true }).fill(await localTime(wantedMs))
    await dialog.getByLabel('Keep the old state as').fill('')
    await dialog.getByText('The old state has to be kept under a name').waitFor()
    await dialog.getByLabel('Keep the old state as').fill('broken')
    const effects = dialog.getByRole('region', { name: 'What will happen' })
    await effects.getByText('stays, as the branch broken').waitFor()
    await effects.getByText('staging').waitFor()
    await look('branch-restore')
    await dialog.getByRole('button', { name: 'Restore' }).click()
    await page.getByText('main is restored').waitFor()
    assert.deepEqual(await query(pilotlight, project, 'select state from orders order by id'), [
      { state: 'paid' },
      { state: 'wanted' },
    ])
    await row('broken').waitFor()
    await row('main').getByText(', child of broken').waitFor({ state: 'attached' })
  })

  test('a reset takes the parent’s data', async () => {
    const { page } = browser
    await page.goto(place)
    await act('staging', 'Reset from parent')
    const dialog = page.getByRole('dialog', { name: 'Reset staging from its parent' })
    await dialog.getByLabel('Keep the old state as').fill('')
    await dialog.getByText('is lost: it is not kept').waitFor()
    assert.equal(await dialog.getByRole('button', { name: 'Reset' }).getAttribute('aria-disabled'), 'true')
    await dialog.getByLabel('Type staging to confirm').fill('staging')
    await look('branch-reset')
    await dialog.getByRole('button', { name: 'Reset' }).click()
    await page.getByText('staging has the data of broken').waitFor()
  })

  test('schemas stand side by side', async () => {
    const { page } = browser
    await page.goto(place)
    await act('main', 'Compare schemas')
    const dialog = page.getByRole('dialog', { name: 'Compare the schema of main' })
    await dialog.getByRole('button', { name: 'Compare' }).click()
    const differences = dialog.getByRole('region', { name: 'Differences' })
    await differences.getByText('+ CREATE TABLE public.orders').waitFor({ timeout: 60_000 })
    await differences.getByRole('columnheader', { name: 'broken now' }).waitFor()
    await look('branch-compare')
    await dialog.getByLabel('With').selectOption('main itself')
    await differences.waitFor({ state: 'detached' })
    await dialog
      .getByRole('button', { name: 'Compare' })
      .and(page.getByTitle(/Both sides are the same/))
      .waitFor()
  })

  test('what others depend on stays; the rest is deleted, and recovered where that is said', async () => {
    const { page } = browser
    await page.goto(place)
    await menu('broken').click()
    await page
      .getByRole('menuitem', { name: /^Delete/ })
      .getByText('Branches depend on it')
      .waitFor()
    await page.keyboard.press('Escape')
    await act('then', 'Delete')
    const dialog = page.getByRole('dialog', { name: 'Delete then' })
    await dialog.getByText(/can be recovered|gone for good/).waitFor()
    const isRecoverable = (await dialog.getByText('can be recovered').count()) > 0
    await look('branch-delete')
    if (isRecoverable) await dialog.getByRole('button', { name: 'Delete branch' }).click()
    if (isRecoverable) {
      await page.getByRole('button', { name: 'Recover then' }).waitFor()
      await row('then').waitFor({ state: 'detached' })
      await look('branches-deleted')
      await page.getByRole('button', { name: 'Recover then' }).click()
      await page.getByText('then is back').waitFor()
      await row('then').waitFor()
      await page.getByRole('button', { name: 'Recover then' }).waitFor({ state: 'detached' })
      await act('then', 'Delete')
      await dialog.getByLabel('Delete it for good at once').check()
    }
    await dialog.getByText('gone for good').waitFor()
    await dialog.getByLabel('Type then to confirm').fill('then')
    // The page hears of it before it has its answer.
    const asked = '**/api/v2/projects/*/branches/*'
    await page.route(asked, async route => {
      if (route.request().method() !== 'DELETE') return await route.fallback()
      const answer = await route.fetch()
      await page.locator('tr', { hasText: 'then' }).waitFor({ state: 'detached' })
      await route.fulfill({ response: answer })
    })
    await dialog.getByRole('button', { name: 'Delete branch' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.unroute(asked)
    await row('then').waitFor({ state: 'detached' })
    await page.getByText('then is deleted').last().waitFor()
    assert.equal(await page.getByRole('button', { name: 'Recover then' }).count(), 0)
  })

  test('a telephone is wide enough', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 740 })
    await page.goto(place)
    await row('main').waitFor()
    const widthPx = () => page.evaluate<number>('document.documentElement.scrollWidth')
    assert.ok((await widthPx()) <= 360)
    await browser.picture('branches-narrow')
    await page.getByRole('button', { name: 'New branch' }).click()
    await page.getByRole('dialog').waitFor()
    assert.ok((await widthPx()) <= 360)
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('branch-create-narrow')
    await page.goto(`${place}?dialog=restore&branch=${project.branchId}`)
    await page.getByLabel('Time within the history').waitFor()
    await page.getByRole('button', { name: 'Restore', exact: true }).scrollIntoViewIfNeeded()
    assert.ok((await widthPx()) <= 360)
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('branch-restore-narrow')
    assert.deepEqual(browser.complaints, [])
  })

  /** What pg finds on a branch, by its own compute. */
  async function idsOn(name: string, where: string): Promise<number[]> {
    const { branches } = (await pilotlight.api.listProjectBranches({ projectId: project.id })).data
    const { data } = await pilotlight.api.getConnectionUri({
      projectId: project.id,
      branch_id: branches.find(one => one.name === name)!.id,
      ...{ role_name: project.role, database_name: project.database },
    })
    const answer = await psql(data.uri, `select id from orders ${where} order by id`)
    assert.equal(answer.code, 0, answer.stderr)
    return answer.stdout.split('\n').map(Number)
  }

  /** As the browser's own field has it. */
  const localTime = (ms: number): Promise<string> =>
    browser.page.evaluate<string>(
      `new Date(${ms} - new Date(${ms}).getTimezoneOffset() * 60000).toISOString().slice(0, 19)`,
    )

  test('by the keyboard alone', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(place)
    await menu('staging').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menu').waitFor()
    // One step at a time: the focus follows the key a moment later.
    const focused = () =>
      page.evaluate<string>(
        `document.activeElement.role === 'menuitem' ? document.activeElement.textContent : ''`,
      )
    let entry = ''
    const moved = async (from: string) => {
      const about = () => `the focus to leave ${from || 'the button'}`
      const isMoved = async () => {
        entry = await focused()
        return entry !== from
      }
      await eventually(isMoved, { timeoutMs: 10_000, about })
    }
    await moved('')
    for (let n = 0; n < 20 && !entry.startsWith('Rename'); n++) {
      await page.keyboard.press('ArrowDown')
      await moved(entry)
    }
    assert.match(entry, /^Rename/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.getByRole('dialog').getByLabel('Name').focus()
    await page.keyboard.press('End')
    await page.keyboard.type('-2')
    await page.keyboard.press('Enter')
    await row('staging-2').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})
