// One branch's page: its computes, roles and databases, children and snapshots.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { psql } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'
import { type Console, openShop } from './browser.ts'

describe('the page of a branch', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails
  let place: string
  let mainId: string

  before(async () => {
    ;({ pilotlight, project, browser } = await openShop())
    place = `/projects/${project.id}/branches/${project.branchId}`
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const button = (name: string) => browser.page.getByRole('button', { name, exact: true })
  const dialog = (name: string | RegExp) => browser.page.getByRole('dialog', { name })
  const reason = async (name: string) => await button(name).getAttribute('title')

  const look = (name: string) => browser.look(name)

  test('a compute is sent to sleep and woken, and says when it will sleep', async () => {
    const { page } = browser
    await page.goto(place)
    await page.getByRole('heading', { name: 'main' }).waitFor()
    const compute = page.getByRole('region', { name: `Compute ${project.endpointId}` })
    await compute.getByText('awake').first().waitFor()
    await compute.getByText(/Sleeps in [\d:]+ unless used|Kept awake by/).waitFor()
    assert.match((await reason('Start'))!, /awake already/)
    await look('branch-computes')
    await button('Suspend').click()
    await compute.getByText('asleep').first().waitFor()
    await compute.getByText(/without work$/).waitFor()
    await page.getByTitle(/asleep already/).waitFor()
    await page.getByRole('button', { name: 'Start', exact: true, disabled: false }).waitFor()
    await button('Start').click()
    await compute.getByText('awake').first().waitFor()
  })

  test('a compute is changed, disabled, deleted and added', async () => {
    const { page } = browser
    await button('Edit').click()
    await page.waitForURL(/dialog=edit-compute/)
    await page.reload()
    const edit = dialog(`Edit ${project.endpointId}`)
    await edit.getByLabel('Size').selectOption('1')
    await edit.getByText('below the smallest').waitFor()
    assert.equal(await button('Save').getAttribute('aria-disabled'), 'true')
    await edit.getByLabel('At most').selectOption('2')
    await edit.getByLabel('Goes to sleep after').selectOption('-1')
    await look('branch-compute-edit')
    await button('Save').click()
    await page.getByText('1 CU: 4 GB, at most 2 CU: 8 GB').waitFor()
    await edit.waitFor({ state: 'detached' })
    await page.getByText('never: it stays awake').waitFor()

    await button('Disable').click()
    await page
      .getByRole('region', { name: /Compute/ })
      .getByText('disabled')
      .waitFor()
    await page.getByText(`${project.endpointId} is disabled`).waitFor()
    assert.match((await reason('Start'))!, /enable it first/)
    await button('Enable').click()
    await button('Disable').waitFor()

    await button('Delete').click()
    await dialog(/Delete compute/)
      .getByText('another host name')
      .waitFor()
    await look('branch-compute-delete')
    await button('Delete compute').click()
    await page.getByRole('heading', { name: 'No compute' }).waitFor()
    await look('branch-no-compute')
    await button('Add compute').click()
    await dialog('Add compute').getByLabel('Name').fill('writer')
    await dialog('Add compute').getByRole('button', { name: 'Add compute' }).click()
    await dialog('Add compute').waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Compute writer' }).waitFor()
    assert.match((await reason('Add compute'))!, /already/)
  })

  test('a compute has settings of its own, which its sessions see', async () => {
    await button('Edit').click()
    const edit = dialog(/^Edit ep-/)
    await edit.getByText('Settings of Postgres').first().click()
    await edit.getByRole('button', { name: 'Add setting' }).click()
    await edit.getByLabel('Setting', { exact: true }).fill('statement_timeout')
    await edit.getByLabel('Value').fill('1 fortnight')
    await edit.getByRole('button', { name: 'Save' }).click()
    await edit.getByText(/invalid value for parameter "statement_timeout"/).waitFor()
    await edit.getByLabel('Value').fill('17min')
    await edit.getByText('Preloaded libraries').click()
    await edit.getByLabel('Its own, in place of the project’s').check()
    await edit.getByLabel('pg_stat_statements').check()
    await look('branch-compute-settings')
    await edit.getByRole('button', { name: 'Save' }).click()
    await edit.waitFor({ state: 'detached' })
    await pilotlight.settle(project.id)
    const { endpoints } = (await pilotlight.api.listProjectEndpoints(project.id)).data
    assert.deepEqual(endpoints[0]!.settings, {
      pg_settings: { statement_timeout: '17min' },
      preload_libraries: { enabled_libraries: ['pg_stat_statements'] },
    })
    const { data } = await pilotlight.api.getConnectionUri({
      ...{ projectId: project.id, branch_id: project.branchId },
      ...{ role_name: project.role, database_name: project.database },
    })
    assert.equal((await psql(data.uri, 'show statement_timeout')).stdout, '17min')
  })

  test('roles and databases are made, and what they are given is what Postgres takes', async () => {
    const { page } = browser
    await page.getByRole('link', { name: 'Roles & Databases' }).click()
    await button('Add role').click()
    await dialog('Add role').getByLabel('Name').fill('reporting')
    await button('Create role').click()
    await page.getByText('Role reporting is ready').waitFor()
    await button('Add database').click()
    await dialog('Add database').getByLabel('Name').fill('reports')
    await dialog('Add database').getByLabel('Owner').selectOption('reporting')
    await look('branch-database-add')
    await button('Create database').click()
    await page.getByText('Database reports is ready').waitFor()
    await button('Delete role reporting')
      .and(page.getByTitle(/owns reports/))
      .waitFor()
    await look('branch-contents')

    await button('Password of reporting').click()
    await button('Show password').waitFor()
    assert.ok(!(await dialog('Password of reporting').textContent())!.includes('npg_'))
    await look('branch-role-password')
    await button('Copy password').click()
    await page.getByText('Copied').waitFor()
    const first = await browser.clipboard()
    assert.match(first, /^npg_/)
    assert.ok(!page.url().includes(first))
    const uri = await reportsUri(pilotlight, project, first)
    assert.equal((await psql(uri, 'select current_user')).stdout, 'reporting')
    await dialog('Password of reporting').getByRole('button', { name: 'Close' }).click()

    await button('Reset password of reporting').click()
    await button('Reset password').click()
    await page.getByText('reporting has a new password').waitFor()
    await button('Password of reporting').click()
    await button('Copy password').click()
    await page.getByText('Copied').waitFor()
    assert.notEqual(await browser.clipboard(), first)
    await page.keyboard.press('Escape')
  })

  test('what is being typed stays while the branch cannot be read anew', async () => {
    const { page } = browser
    await page.goto(`${place}?tab=contents`)
    await button('Add role').click()
    await dialog('Add role').getByLabel('Name').fill('half a na')
    const asked = `**/api/v2/projects/${project.id}/branches/${project.branchId}`
    let [refused, answered] = [0, 0]
    await page.route(asked, route => {
      refused++
      return route.fulfill({ status: 503, json: { message: 'no such luck' } })
    })
    // As when somebody comes back to the window: what is not new any more is read anew.
    const lookUntil = async (check: () => boolean, what: string) => {
      const looked = () =>
        page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))").then(check)
      await eventually(looked, { timeoutMs: 30_000, about: () => what })
    }
    await lookUntil(() => refused > 0, 'the branch to be asked for')
    await page.unroute(asked)
    page.on('response', response => {
      if (new URL(response.url()).pathname.endsWith(project.branchId) && response.ok()) answered++
    })
    await lookUntil(() => answered > 0, 'the branch to be read')
    assert.equal(await dialog('Add role').getByLabel('Name').inputValue(), 'half a na')
    await dialog('Add role').getByRole('button', { name: 'Close' }).click()
    await dialog('Add role').waitFor({ state: 'detached' })
  })

  test('a database is renamed and given away; both go again', async () => {
    const { page } = browser
    await button('Edit database reports').click()
    const edit = dialog('Edit reports')
    await edit.getByLabel('Name').fill('reports_2026')
    await edit.getByText('ends its sessions').waitFor()
    await edit.getByLabel('Owner').selectOption('neondb_owner')
    await button('Save').click()
    await page.getByText('Database reports_2026 is changed').waitFor()
    await button('Delete database reports_2026').click()
    assert.match((await reason('Delete database'))!, /Type reports_2026/)
    await dialog('Delete database reports_2026').getByLabel('Type reports_2026').fill('reports_2026')
    await look('branch-database-delete')
    await button('Delete database').click()
    await page.getByText('Database reports_2026 is deleted').waitFor()
    await button('Delete role reporting').click()
    await button('Delete role').click()
    await page.getByText('Role reporting is deleted').waitFor()
    await button('Password of reporting').waitFor({ state: 'detached' })
  })

  test('a snapshot is made, scheduled, restored and deleted', async () => {
    const { page } = browser
    await page.goto(`${place}?tab=snapshots`)
    await page.getByRole('heading', { name: 'No snapshot' }).waitFor()
    await button('Create snapshot').click()
    await dialog('Snapshot of main').getByLabel('Name').fill('before')
    await dialog('Snapshot of main').getByLabel('Keep it for').selectOption('7 days')
    await dialog('Snapshot of main').getByRole('button', { name: 'Create snapshot' }).click()
    await page.getByText('The snapshot is made').waitFor()
    await page.getByRole('table', { name: 'Snapshots' }).getByText('in 7 days').waitFor()

    await button('Change schedule').click()
    const schedule = dialog('Snapshots by schedule')
    await schedule.getByLabel('Every day').check()
    await schedule.getByLabel('At (UTC)').selectOption('03:00')
    await look('branch-schedule')
    await button('Save').click()
    await page.getByText('Every day at 03:00 UTC, kept for 7 days').waitFor()
    await look('branch-snapshots')

    await button('Restore before').click()
    await dialog('Restore before').getByLabel('Name of the branch').fill('look')
    await button('Restore to a new branch').click()
    await page.getByRole('heading', { name: 'look', exact: true }).waitFor()
    await page.getByText('before is restored').waitFor()
    await page.goto(`${place}?tab=snapshots`)
    await button('Delete before').click()
    await button('Delete snapshot').click()
    await page.getByText('The snapshot is deleted').waitFor()
    await page.getByRole('heading', { name: 'No snapshot' }).waitFor()
  })

  test('a snapshot of a moment is renamed, and takes the place of its branch', async () => {
    const { page } = browser
    await page.goto(`${place}?tab=snapshots`)
    await button('Create snapshot').click()
    const create = dialog('Snapshot of main')
    await create.getByLabel('Name').fill('early')
    await create.getByLabel('Of the branch').selectOption('time')
    await create.getByRole('button', { name: 'The beginning' }).click()
    await look('branch-snapshot-moment')
    await create.getByRole('button', { name: 'Create snapshot' }).click()
    await page.getByText('The snapshot is made').waitFor()

    await button('Edit early').click()
    await dialog('Edit early').getByLabel('Name').fill('first')
    await dialog('Edit early').getByLabel('Expires', { exact: true }).selectOption('In 7 days')
    await look('branch-snapshot-edit')
    await button('Save').click()
    await page.getByRole('table', { name: 'Snapshots' }).getByText('in 7 days').waitFor()
    await page.getByText('first is changed').waitFor()
    const { snapshots } = (await pilotlight.api.listSnapshots(project.id)).data
    assert.deepEqual(
      snapshots.map(({ name }) => name),
      ['first'],
    )

    await button('Restore first').click()
    await dialog('Restore first').getByLabel('To', { exact: true }).selectOption('place')
    await dialog('Restore first').getByText('main (old)').waitFor()
    await look('branch-snapshot-in-place')
    await button('Restore in place of main').click()
    await page.getByText('first is restored').waitFor()
    const { branches } = (await pilotlight.api.listProjectBranches({ projectId: project.id })).data
    assert.ok(branches.some(({ name }) => name === 'main (old)'))
    place = `/projects/${project.id}/branches/${branches.find(({ name }) => name === 'main')!.id}`
    await page.goto(`${place}?tab=snapshots`)
    await page.getByRole('heading', { name: 'main', exact: true }).waitFor()
    mainId = branches.find(({ name }) => name === 'main')!.id
  })

  test('children lead to their own pages, on a narrow screen as well', async () => {
    const { page } = browser
    await page.goto(`${place}?tab=children`)
    await page.getByRole('heading', { name: 'No children' }).waitFor()
    await look('branch-no-children')
    await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'dev', parent_id: mainId } })
    await page.setViewportSize({ width: 360, height: 740 })
    await page.getByRole('link', { name: 'dev', exact: true }).waitFor()
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
    assert.equal(overflow, 0)
    await look('branch-children-narrow')
    await page.getByRole('link', { name: 'dev', exact: true }).click()
    await page.getByRole('heading', { name: 'dev' }).waitFor()
    await page.getByText('Child of').waitFor()
    await look('branch-child-narrow')
    assert.deepEqual(browser.complaints, [])
  })
})

/** Of the database that the test made, by the compute that the branch has now. */
async function reportsUri(
  pilotlight: Pilotlight,
  project: ProjectDetails,
  password: string,
): Promise<string> {
  const { data } = await pilotlight.api.getConnectionUri({
    projectId: project.id,
    branch_id: project.branchId,
    role_name: 'reporting',
    database_name: 'reports',
  })
  const uri = new URL(data.uri)
  uri.password = password
  return uri.href
}
