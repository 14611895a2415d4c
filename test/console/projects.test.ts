// The list of projects: what it shows of each, its search and order, and a thousand of them.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { query } from '../fixtures/clients.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { Console } from './browser.ts'

describe('the list of projects', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let shop: ProjectDetails
  let blog: ProjectDetails

  before(async () => {
    pilotlight = await Pilotlight.start()
    shop = await pilotlight.createProject({ name: 'shop' })
    blog = await pilotlight.createProject({ name: 'Blog' })
    await pilotlight.settle(shop.id)
    await pilotlight.settle(blog.id)
    await pilotlight.api.suspendProjectEndpoint(shop.id, shop.endpointId)
    await pilotlight.settle(shop.id)
    browser = await Console.open(pilotlight)
    await browser.signIn(pilotlight, 'shop')
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const table = () => browser.page.getByRole('table', { name: 'Projects' })
  const row = (name: string) =>
    table()
      .getByRole('row')
      .filter({ has: browser.page.getByRole('link', { name, exact: true }) })
  const names = () => table().getByRole('link').allTextContents()

  test('which are awake is seen, and seen to change', async () => {
    await row('shop').getByText('asleep').waitFor()
    await row('Blog').getByText('awake').waitFor()
    await row('shop').getByRole('cell', { name: '1', exact: true }).waitFor()
    await browser.look('projects-two')
    await query(pilotlight, shop, 'select 1')
    await row('shop').getByText('awake').waitFor()
  })

  test('they are sorted and searched, which the address keeps', async () => {
    const { page } = browser
    assert.deepEqual(await names(), ['Blog', 'shop'])
    await page.getByLabel('Sort by').selectOption('Name')
    assert.deepEqual(await names(), ['Blog', 'shop'])
    await pilotlight.api.updateProject(blog.id, { project: { name: 'zoo' } })
    await row('zoo').waitFor()
    assert.deepEqual(await names(), ['shop', 'zoo'])
    await page.getByLabel('Search projects').fill('SHO')
    await row('zoo').waitFor({ state: 'detached' })
    assert.match(page.url(), /order=name/)
    await page.reload()
    await row('shop').waitFor()
    assert.deepEqual(await names(), ['shop'])
    assert.equal(await page.getByLabel('Search projects').inputValue(), 'SHO')
    await page.getByLabel('Search projects').fill('nothing-such')
    await page.getByText('No project has such a name or id').waitFor()
    await page.goto('/')
  })

  test('a new one takes what was chosen, and shows at once how to connect', async () => {
    const { page } = browser
    await page.getByRole('button', { name: 'New Project' }).click()
    const dialog = page.getByRole('dialog', { name: 'New Project' })
    await dialog.getByLabel('Name').fill('large')
    await dialog.getByLabel('Size', { exact: true }).selectOption('2')
    await dialog.getByText('below the smallest').waitFor()
    const create = dialog.getByRole('button', { name: 'Create project' })
    assert.match((await create.getAttribute('title'))!, /below the smallest/)
    await dialog.getByLabel('At most').selectOption('4')
    await dialog.getByLabel('Goes to sleep after').selectOption('3600')
    await dialog.getByLabel('History').selectOption('604800')
    await browser.look('project-create-chosen')
    await create.click()
    await page.getByRole('dialog', { name: 'Connect to your database' }).waitFor()
    const { projects } = (await pilotlight.api.listProjects({ search: 'large' })).data
    assert.equal(projects[0]!.history_retention_seconds, 604_800)
    const { endpoints } = (await pilotlight.api.listProjectEndpoints(projects[0]!.id)).data
    assert.equal(endpoints[0]!.autoscaling_limit_min_cu, 2)
    assert.equal(endpoints[0]!.autoscaling_limit_max_cu, 4)
    assert.equal(endpoints[0]!.suspend_timeout_seconds, 3600)
    await page.goto('/')
  })

  test('where the machine has another Postgres, that is what is shown and made', async () => {
    const { page } = browser
    const machine = '**/api/v2/pilotlight/machine'
    await page.route(machine, async route => {
      const response = await route.fetch()
      const about = (await response.json()) as { postgres: { major: number }[] }
      const postgres = about.postgres.map(one => ({ ...one, major: 18 }))
      await route.fulfill({ response, json: { ...about, postgres } })
    })
    await page.goto('/?create=true')
    const dialog = page.getByRole('dialog', { name: 'New Project' })
    const version = dialog.getByLabel('Postgres version')
    await version.getByRole('option', { name: '18' }).waitFor({ state: 'attached' })
    assert.deepEqual(await version.getByRole('option').allTextContents(), ['18'])
    await page.route('**/api/v2/projects', route =>
      route.fulfill({ status: 409, json: { message: 'not now' } }),
    )
    const asked = page.waitForRequest(request => request.method() === 'POST')
    await dialog.getByRole('button', { name: 'Create project' }).click()
    assert.equal((await asked).postDataJSON().project.pg_version, 18)
    await dialog.getByText('not now').waitFor()
    await page.unroute('**/api/v2/projects')
    await page.unroute(machine)
    await page.goto('/')
  })

  test('a thousand are read page by page, drawn, sorted and searched', async t => {
    const { page } = browser
    t.after(() => page.unroute(list))
    const first = (await pilotlight.api.listProjects({})).data
    const [model] = first.projects
    const asked: string[] = []
    const list = (url: URL) => url.pathname === '/api/v2/projects'
    await page.route(list, async route => {
      const url = new URL(route.request().url())
      asked.push(url.searchParams.get('cursor') ?? 'none')
      const from = Number(url.searchParams.get('cursor') ?? 0)
      const count = Math.min(400, 1000 - from)
      const projects = Array.from({ length: count }, (_, n) => ({
        ...{ ...model, id: `many-${from + n}`, name: `project ${from + n}` },
      }))
      const pagination = { cursor: String(from + count) }
      await route.fulfill({ json: { ...first, projects, pagination } })
    })
    await page.reload()
    await page.getByText('200 of 1000 are shown').waitFor()
    assert.deepEqual([...new Set(asked)], ['none', '400', '800'])
    await page.getByLabel('Sort by').selectOption('Name')
    assert.deepEqual((await names()).slice(0, 3), ['project 0', 'project 1', 'project 2'])
    await page.getByLabel('Search projects').fill('project 999')
    await row('project 0').waitFor({ state: 'detached' })
    assert.deepEqual(await names(), ['project 999'])
    await page.getByLabel('Search projects').fill('')
    await page.getByRole('button', { name: 'Show all' }).click()
    await row('project 999').waitFor()
  })

  test('a telephone is wide enough', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 740 })
    await page.goto('/')
    await row('shop').waitFor()
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
    assert.equal(overflow, 0)
    await browser.look('projects-narrow')
    assert.deepEqual(browser.complaints, [])
  })
})
