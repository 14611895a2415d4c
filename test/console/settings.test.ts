// A project's settings, and its operations.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'
import { type Console, openShop } from './browser.ts'

describe('settings and operations', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails
  let place: string

  before(async () => {
    ;({ pilotlight, project, browser } = await openShop())
    place = `/projects/${project.id}`
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const button = (name: string) => browser.page.getByRole('button', { name, exact: true })
  const open = async (section: string) => {
    const link = browser.page
      .getByRole('navigation', { name: 'Settings' })
      .getByRole('link', { name: section, exact: true })
    await link.click()
    await link.and(browser.page.locator('[aria-current=page]')).waitFor()
  }
  const saved = async () => {
    const news = browser.page.getByRole('region', { name: 'News' })
    await news.getByText('The settings are saved').waitFor()
    await closeNews()
  }
  /** In one go: it may be about to close by itself. */
  const closeNews = async () => {
    await browser.page.evaluate(`document.querySelector('[aria-label=News] [aria-label=Close]')?.click()`)
    await browser.page
      .getByRole('region', { name: 'News' })
      .getByRole('button')
      .first()
      .waitFor({ state: 'detached' })
  }
  const settings = async () => (await pilotlight.api.getProject(project.id)).data.project

  const look = (name: string) => browser.look(name)

  test('a project is renamed, and new computes get other defaults', async () => {
    const { page } = browser
    await page.goto(`${place}/settings`)
    await page.getByLabel('Name').waitFor()
    assert.match((await button('Save').getAttribute('title'))!, /Nothing has been changed/)
    await page.getByLabel('Name').fill('market')
    await button('Save').click()
    await saved()
    await look('settings-general')
    await open('Computes')
    await page.getByLabel('At most').selectOption('0.5')
    await page.getByLabel('Goes to sleep after').selectOption('3600')
    await look('settings-computes')
    await button('Save').click()
    await saved()
    const now = await settings()
    assert.equal(now.name, 'market')
    assert.equal(now.default_endpoint_settings?.autoscaling_limit_max_cu, 0.5)
    assert.equal(now.default_endpoint_settings?.suspend_timeout_seconds, 3600)
  })

  test('what is being typed stays while the server does not answer', async () => {
    const { page } = browser
    await page.goto(`${place}/settings`)
    await page.getByLabel('Name').fill('half a na')
    const asked = `**/api/v2/projects/${project.id}`
    let refused = 0
    await page.route(asked, route => {
      refused++
      return route.abort()
    })
    // As when somebody comes back to the window: what is not new any more is read anew.
    const looksUntil = (check: () => boolean, about: string) =>
      eventually(
        async () => {
          await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
          return check()
        },
        { timeoutMs: 30_000, about: () => about },
      )
    await looksUntil(() => refused >= 3, 'the page to give up')
    await page.unroute(asked)
    let answered = false
    page.on('response', response => {
      answered ||= response.url().endsWith(`/api/v2/projects/${project.id}`) && response.ok()
    })
    await looksUntil(() => answered, 'the page to ask again')
    assert.equal(await page.getByLabel('Name').inputValue(), 'half a na')
    assert.equal(await page.getByRole('alert').count(), 0)
  })

  test('settings of Postgres are checked by Postgres, and what it refuses stands at its field', async () => {
    const { page } = browser
    await open('Postgres')
    const form = page.getByRole('form', { name: 'Settings of Postgres' })
    await form.getByRole('button', { name: 'Add setting' }).click()
    const row = form.getByRole('group').last()
    await row.getByLabel('Setting', { exact: true }).fill('fsync')
    await row.getByText('a crash could lose what was acknowledged').waitFor()
    assert.match(
      (await form.getByRole('button', { name: 'Save' }).getAttribute('title'))!,
      /cannot be chosen/,
    )
    await row.getByLabel('Setting', { exact: true }).fill('work_mem')
    await row.getByText('For each sort and hash').waitFor()
    assert.match(
      (await row.getByRole('link', { name: 'Manual' }).getAttribute('href'))!,
      /runtime-config-resource\.html#GUC-WORK-MEM$/,
    )
    await row.getByLabel('Value').fill('1kB')
    await form.getByRole('button', { name: 'Save' }).click()
    await row.getByText(/outside the valid range for parameter "work_mem"/).waitFor()
    assert.equal(await row.getByLabel('Value').getAttribute('aria-invalid'), 'true')
    await look('settings-postgres-refused')
    await row.getByLabel('Value').fill('16MB')
    await form.getByRole('button', { name: 'Add setting' }).click()
    await form.getByRole('group').last().getByLabel('Setting', { exact: true }).fill('jit')
    await form.getByRole('group').last().getByLabel('Value').selectOption('off')
    await form.getByRole('button', { name: 'Save' }).click()
    await saved()
    assert.deepEqual((await settings()).default_endpoint_settings?.pg_settings, {
      work_mem: '16MB',
      jit: 'off',
    })
    await form.getByRole('button', { name: 'Remove jit' }).click()
    await form.getByRole('button', { name: 'Save' }).click()
    const news = page.getByRole('region', { name: 'News' })
    await news.getByText('The settings are saved').waitFor()
    assert.deepEqual((await settings()).default_endpoint_settings?.pg_settings, { work_mem: '16MB' })
    await news.getByRole('button', { name: 'Undo' }).click()
    await news.getByText('The settings are as before').waitFor()
    await form.getByRole('button', { name: 'Remove jit' }).waitFor()
    assert.match(
      (await form.getByRole('button', { name: 'Save' }).getAttribute('title'))!,
      /Nothing has been/,
    )
    assert.deepEqual((await settings()).default_endpoint_settings?.pg_settings, {
      work_mem: '16MB',
      jit: 'off',
    })
    await closeNews()
  })

  test('what cannot be taken back any more says so', async () => {
    const { page } = browser
    await open('General')
    await page.getByLabel('Name').fill('bazaar')
    await button('Save').click()
    const news = page.getByRole('region', { name: 'News' })
    const undo = news.getByRole('button', { name: 'Undo' })
    await undo.waitFor()
    await page.route(`**/api/v2/projects/${project.id}`, async route => {
      if (route.request().method() !== 'PATCH') return route.fallback()
      await route.fulfill({ status: 409, json: { code: 'X', message: 'not now', request_id: 'r-1' } })
    })
    await undo.click()
    await news.getByText('not now (request r-1)').waitFor()
    await page.unroute(`**/api/v2/projects/${project.id}`)
    await closeNews()
  })

  test('what is taken back from elsewhere is not left standing in a form', async () => {
    const { page } = browser
    await page.getByLabel('Name').fill('market')
    await button('Save').click()
    await saved()
    await page.getByLabel('Name').fill('fair')
    await button('Save').click()
    const news = page.getByRole('region', { name: 'News' })
    await news.getByText('The settings are saved').waitFor()
    await open('Computes')
    await open('General')
    await news.getByRole('button', { name: 'Undo' }).click()
    await news.getByText('The settings are as before').waitFor()
    await closeNews()
    await page.getByText('/ market').waitFor()
    assert.equal(await page.getByLabel('Name').inputValue(), 'market')
    await open('Postgres')
  })

  test('libraries are preloaded in the order that is chosen', async () => {
    const { page } = browser
    const form = page.getByRole('form', { name: 'Preloaded libraries' })
    await form.getByText('costs each wake about 2 ms').waitFor()
    await form.getByLabel('pg_stat_statements').check()
    await form.getByLabel('auto_explain').check()
    await form.getByRole('button', { name: 'Load auto_explain earlier' }).click()
    assert.match(
      (await form.getByRole('button', { name: 'Load auto_explain earlier' }).getAttribute('title'))!,
      /It is the first/,
    )
    await look('settings-postgres')
    await form.getByRole('button', { name: 'Save' }).click()
    await saved()
    assert.deepEqual((await settings()).settings?.preload_libraries?.enabled_libraries, [
      'auto_explain',
      'pg_stat_statements',
    ])
    await pilotlight.api.restartProjectEndpoint(project.id, project.endpointId)
    await pilotlight.settle(project.id)
    const [row] = await query(pilotlight, project, 'show shared_preload_libraries')
    assert.deepEqual(row, { shared_preload_libraries: 'auto_explain,pg_stat_statements' })
  })

  test('less history is kept only after one has read what goes', async () => {
    const { page } = browser
    await open('History & storage')
    await page.getByLabel('History window').selectOption('21600')
    await button('Save').click()
    await page.getByText('Moments from before the last 6 hours').waitFor()
    assert.equal((await settings()).history_retention_seconds, 86_400)
    await look('settings-history-shorten')
    await button('Keep less history').click()
    await saved()
    assert.equal((await settings()).history_retention_seconds, 21_600)
    await page.getByRole('table', { name: 'Storage' }).getByText('main').waitFor()
    await look('settings-history')
  })

  test('who may connect is checked before it is saved', async () => {
    const { page } = browser
    await open('IP allow')
    await page.getByLabel('Allowed addresses').fill('nowhere')
    await page.getByText('“nowhere” is no address').waitFor()
    await page.getByLabel('Allowed addresses').fill('203.0.113.0/24')
    await page.getByText('This list does not hold 127.0.0.1').waitFor()
    await look('settings-network')
    await page.getByLabel('Allowed addresses').fill('203.0.113.0/24\n127.0.0.1')
    await page.getByText('This list does not hold').waitFor({ state: 'detached' })
    await page.getByLabel('For protected branches only').check()
    await button('Save').click()
    await saved()
    assert.deepEqual((await settings()).settings?.allowed_ips, {
      ips: ['203.0.113.0/24', '127.0.0.1'],
      protected_branches_only: true,
    })
  })

  test('quotas are given in hours and gigabytes', async () => {
    const { page } = browser
    await open('Quotas')
    await page.getByLabel('Active time').fill('ten')
    await page.getByText('“ten” is no amount').waitFor()
    await page.getByLabel('Active time').fill('10')
    await page.getByLabel('Size of a branch').fill('2.5')
    await look('settings-quotas')
    await button('Save').click()
    await saved()
    assert.deepEqual((await settings()).settings?.quota, {
      active_time_seconds: 36_000,
      logical_size_bytes: 2_500_000_000,
    })
  })

  test('logical replication says that there is no way back', async () => {
    const { page } = browser
    await open('Replication')
    await button('Enable logical replication').click()
    await page.getByText('It cannot be taken back.').waitFor()
    await look('settings-replication')
    await button('Enable for good').click()
    await page.getByText('It is enabled, for good.').waitFor()
    assert.match((await button('Enable logical replication').getAttribute('title'))!, /cannot be taken back/)
    assert.equal((await settings()).settings?.enable_logical_replication, true)
  })

  test('a key is shown once, works, and is revoked', async () => {
    const { page } = browser
    await open('API keys')
    await button('Create key').click()
    const create = page.getByRole('dialog', { name: 'Create API key' })
    await create.getByLabel('Name').fill('ci')
    await create.getByRole('button', { name: 'Create key' }).click()
    await button('Copy key').click()
    await page.getByText('Copied').waitFor()
    const key = await browser.clipboard()
    await look('settings-key-created')
    const ask = async () => {
      const url = `${pilotlight.run.apiUrl}/api/v2/projects/${project.id}`
      return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status
    }
    assert.equal(await ask(), 200)
    await button('Done').click()
    await page.getByRole('table', { name: 'API keys' }).getByText('this project').waitFor()
    assert.ok(!(await page.content()).includes(key))
    await look('settings-keys')
    await page.reload()
    await button('Revoke ci').click()
    await button('Revoke key').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await button('Revoke ci').waitFor({ state: 'detached' })
    assert.equal(await ask(), 401)
  })

  test('operations are listed, filtered by the address, and looked into', async () => {
    const { page } = browser
    await page.goto(`${place}/operations`)
    const list = page.getByRole('table', { name: 'Operations' })
    await list.getByRole('button', { name: 'Create data' }).waitFor()
    await look('operations')
    await page.getByLabel('Status').selectOption('failed')
    await page.getByRole('heading', { name: 'None of that kind' }).waitFor()
    assert.match(page.url(), /status=failed/)
    await page.reload()
    await page.getByRole('heading', { name: 'None of that kind' }).waitFor()
    await look('operations-none')
    await page.getByLabel('Status').selectOption('finished')
    await list.getByRole('button', { name: 'Create data' }).click()
    const details = page.getByRole('dialog', { name: 'Operation' })
    await details.getByRole('link', { name: 'main' }).waitFor()
    await details.getByText('Failed tries').waitFor()
    await look('operation')
    await page.goBack()
    await details.waitFor({ state: 'detached' })
  })

  test('earlier operations are a page further', async () => {
    const { page } = browser
    const { id, endpointId } = project
    // More than a page holds.
    for (let count = 0; count < 60; count++) {
      await pilotlight.api.updateProjectEndpoint(id, endpointId, {
        endpoint: { autoscaling_limit_max_cu: count % 2 ? 0.25 : 0.5 },
      })
    }
    await page.goto(`${place}/operations`)
    const list = page.getByRole('table', { name: 'Operations' })
    await list.getByRole('button', { name: 'Apply settings' }).first().waitFor()
    assert.equal(await list.getByRole('button', { name: 'Create data' }).count(), 0)
    await button('Show earlier ones').click()
    await list.getByRole('button', { name: 'Create data' }).waitFor()
    await button('Show earlier ones').waitFor({ state: 'detached' })
  })

  test('what is refused once its form is gone is told all the same', async () => {
    const { page } = browser
    await page.goto(`${place}/settings?section=quotas`)
    const asked = `**/api/v2/projects/${project.id}`
    const isGone = Promise.withResolvers<void>()
    await page.route(asked, async route => {
      if (route.request().method() === 'GET') return route.fallback()
      await isGone.promise
      await route.fulfill({ status: 409, json: { code: 'X', message: 'not now', request_id: 'r-1' } })
    })
    await page.getByLabel('Active time').fill('1')
    await button('Save').click()
    await open('Danger zone')
    await button('Delete project').click()
    const dialog = page.getByRole('dialog', { name: 'Delete market' })
    await dialog.getByLabel('Type market').fill('market')
    await dialog.getByRole('button', { name: 'Delete project' }).click()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    isGone.resolve()
    const news = page.getByRole('region', { name: 'News' })
    await news.getByText('Saving the settings: refused').waitFor()
    await news.getByText('Delete project: refused').waitFor()
    await page.unroute(asked)
  })

  test('a project goes only after its name was typed', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 740 })
    await page.goto(`${place}/settings?section=danger`)
    await button('Delete project').click()
    const dialog = page.getByRole('dialog', { name: 'Delete market' })
    assert.match(
      (await dialog.getByRole('button', { name: 'Delete project' }).getAttribute('title'))!,
      /Type market first/,
    )
    await look('settings-danger-narrow')
    await dialog.getByLabel('Type market').fill('market')
    await dialog.getByRole('button', { name: 'Delete project' }).click()
    await page.getByRole('heading', { name: 'No project yet' }).waitFor()
    assert.deepEqual((await pilotlight.api.listProjects({})).data.projects, [])
    assert.deepEqual(browser.complaints, [])
  })
})
