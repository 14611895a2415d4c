// What happens elsewhere is seen without a reload: by the stream of news, and where there is none by asking.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { limits } from '../../src/contract/limits.ts'
import { connect, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'
import { type Console, openShop } from './browser.ts'

/** Shorter than a page that is told the news waits until it asks by itself. */
const soon = { timeout: 12_000 }

describe('live updates', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails

  before(async () => {
    ;({ pilotlight, project, browser } = await openShop())
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const mark = (page: Page) => page.getByText('Not live')
  const place = (rest: string) => `/projects/${project.id}${rest}`
  /** The page listens: from here on nothing is found by asking. */
  async function goLive(path: string): Promise<void> {
    const hears = browser.page.waitForResponse('**/api/console/events*')
    await browser.page.goto(path)
    assert.equal((await hears).status(), 200)
  }

  test('a compute is seen to sleep, to wake and why it stays awake', async () => {
    const { page } = browser
    await goLive(place(`/branches/${project.branchId}`))
    const card = page.getByRole('region', { name: `Compute ${project.endpointId}` })
    await card.getByText(/^awake/).waitFor()
    await pilotlight.api.suspendProjectEndpoint(project.id, project.endpointId)
    await card.getByText(/^asleep/).waitFor(soon)
    await card.getByText(/^Fell asleep .*: asked by the API key “/).waitFor(soon)
    await browser.look('live-asleep')

    const client = await connect(pilotlight, project, { application_name: 'django' })
    try {
      await card
        .getByText(/^Woken .* by a connection of role neondb_owner to neondb \(application django\) from 127/)
        .waitFor(soon)
      await card.getByText('One connection is open, idle').waitFor(soon)
      await card.getByText(/^Sleeps in \d:\d\d unless used/).waitFor(soon)
      await client.query('begin')
      await client.query('select 1')
      await card.getByText(/^Kept awake by one open transaction/).waitFor(soon)
      await browser.look('live-awake')
      await client.query('rollback')
      await card.getByText(/^Sleeps in/).waitFor(soon)
    } finally {
      await client.end()
    }
    await card.getByText('No connection is open.').waitFor(soon)
    assert.deepEqual(browser.complaints, [])
  })

  test('branches that others make and delete come and go', async () => {
    const { page } = browser
    await goLive(place('/branches'))
    await page.getByRole('link', { name: 'main' }).waitFor()
    const { data } = await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'from-afar' } })
    await page.getByRole('link', { name: 'from-afar' }).waitFor(soon)
    await pilotlight.settle(project.id)
    await pilotlight.api.updateProjectBranch(project.id, data.branch.id, { branch: { name: 'renamed' } })
    await page.getByRole('link', { name: 'renamed' }).waitFor(soon)
    await pilotlight.api.deleteProjectBranch({ projectId: project.id, branchId: data.branch.id })
    await page.getByRole('link', { name: 'renamed' }).waitFor({ state: 'detached', ...soon })
  })

  test('projects that others make are on the list, and those that are awake glow', async () => {
    const { page } = browser
    await goLive('/')
    const shop = page.getByRole('row', { name: 'shop' })
    await query(pilotlight, project, 'select 1')
    await shop.getByText('awake', { exact: true }).waitFor(soon)
    await pilotlight.suspend(project)
    await shop.getByText('asleep', { exact: true }).waitFor(soon)
    await pilotlight.createProject({ name: 'from-afar' })
    await page.getByRole('link', { name: 'from-afar' }).waitFor(soon)
  })

  test('a page that is gone leaves its place to others', async () => {
    const cookies = await browser.context.cookies()
    const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    for (let n = 0; n <= limits.consoleStreamsPerSession; n++) {
      await eventually(
        async () => {
          const left = new AbortController()
          const { status } = await fetch(`${pilotlight.run.apiUrl}/api/console/events`, {
            headers: { Cookie },
            signal: left.signal,
          })
          left.abort()
          return status === 200
        },
        { timeoutMs: 10_000, about: () => `stream ${n} to be given` },
      )
    }
  })

  test('an operation that fails says what went wrong and what to do, in its toast and its details', async () => {
    const { page } = browser
    const other = await pilotlight.createProject({ name: 'broken' })
    await pilotlight.settle(other.id)
    // The API does not show templates, and so does not know of it.
    await query(pilotlight, other, 'create database model is_template true')
    await goLive(`/projects/${other.id}/branches/${other.branchId}?tab=contents`)
    await page.getByRole('button', { name: 'Add database' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('model')
    await page.getByRole('dialog').getByRole('button', { name: 'Create database' }).click()
    const news = page.getByRole('region', { name: 'News' })
    await news.getByText(/model: failed/).waitFor()
    await news.getByText(/already exists/).waitFor()
    await browser.look('live-failed-toast')
    await news.getByRole('link', { name: 'Details' }).click()
    const details = page.getByRole('dialog', { name: 'Operation' })
    await details.getByText(/already exists/).waitFor()
    await details.getByText('Somebody in the console').waitFor()
    await details.getByText('Apply roles, databases and settings – failed').waitFor()
    await browser.look('live-failed-details')
    await page.keyboard.press('Escape')
    await page.getByLabel('Status').selectOption('Failed')
    await page
      .getByRole('row', { name: /finished/ })
      .first()
      .waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Apply settings' }).waitFor()
    assert.equal(await page.getByRole('row').count(), 2)
    await page.getByLabel('Operation', { exact: true }).selectOption('Start compute')
    await page.getByText('None of that kind').waitFor()
    assert.match(page.url(), /status=failed/)
    assert.match(page.url(), /action=start_compute/)
    await page.getByLabel('Status').selectOption('All')
    await page.getByRole('button', { name: 'Start compute' }).first().waitFor()
    await page.setViewportSize({ width: 360, height: 740 })
    await browser.look('live-operations-360')
    await page.setViewportSize({ width: 1280, height: 800 })
    await browser.look('live-operations')
  })

  test('an operation is seen from its begin to its end', async () => {
    const { page } = browser
    await goLive(place('/operations'))
    await page.getByLabel('Operation', { exact: true }).selectOption('Suspend compute')
    const rows = page.getByRole('row', { name: /Suspend compute/ })
    await rows.first().waitFor()
    const before = await rows.count()
    await query(pilotlight, project, 'select 1')
    await pilotlight.suspend(project)
    await rows.nth(before).waitFor(soon)
    await rows.first().getByText('finished').waitFor(soon)
    await rows
      .first()
      .getByText(/^API key “/)
      .waitFor()
  })

  test('after the control process was killed the page is live again by itself', async () => {
    const { page } = browser
    await goLive(place('/branches'))
    const [pid] = pilotlight.children('control-process')
    assert.ok(pid)
    process.kill(pid, 'SIGKILL')
    await mark(page).waitFor()
    await browser.picture('live-off')
    await mark(page).waitFor({ state: 'detached' })
    const { data } = await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'afterwards' } })
    await page.getByRole('link', { name: 'afterwards' }).waitFor(soon)
    await pilotlight.settle(project.id)
    await pilotlight.api.deleteProjectBranch({ projectId: project.id, branchId: data.branch.id })
    await page.getByRole('link', { name: 'afterwards' }).waitFor({ state: 'detached', ...soon })
  })

  test('where the stream cannot be had the page says so, and asks by itself', async () => {
    const { page } = browser
    await page.route('**/api/console/events*', route => route.abort())
    await page.goto(place('/branches'))
    await mark(page).waitFor()
    assert.deepEqual(await browser.barriers(), [])
    const { data } = await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'asked-for' } })
    await page.getByRole('link', { name: 'asked-for' }).waitFor(soon)
    await pilotlight.settle(project.id)
    await page.unroute('**/api/console/events*')
    await mark(page).waitFor({ state: 'detached' })
    await pilotlight.api.deleteProjectBranch({ projectId: project.id, branchId: data.branch.id })
    await page.getByRole('link', { name: 'asked-for' }).waitFor({ state: 'detached', ...soon })
  })

  test('a page that nobody sees holds no connection, and is up to date when it is seen again', async () => {
    const { page } = browser
    // What is still being done would be news.
    await pilotlight.settle(project.id)
    await goLive(place('/branches'))
    const hide = (isHidden: boolean) =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} })
        Object.defineProperty(document, 'visibilityState',
          { configurable: true, get: () => '${isHidden ? 'hidden' : 'visible'}' })
        document.dispatchEvent(new Event('visibilitychange'))`)
    await page.getByRole('link', { name: 'main' }).waitFor()
    await page.waitForLoadState('load')
    const closed = page.waitForEvent('requestfailed', request => request.url().includes('/console/events'))
    await hide(true)
    await closed
    const asked: string[] = []
    page.on('request', request => asked.push(new URL(request.url()).pathname))
    await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'unseen' } })
    await pilotlight.settle(project.id)
    assert.deepEqual(asked, [])
    assert.equal(await page.getByRole('link', { name: 'unseen' }).count(), 0)
    await hide(false)
    await page.getByRole('link', { name: 'unseen' }).waitFor(soon)
    await mark(page).waitFor({ state: 'detached' })
  })

  test('signed out in one tab is out in all of them', async () => {
    const { page, context } = browser
    await goLive(place('/branches'))
    const other = await context.newPage()
    await other.goto('/')
    await other.getByRole('button', { name: 'Sign out' }).click()
    await other.getByLabel('API key').waitFor()
    await page.getByLabel('API key').waitFor(soon)
    assert.match(page.url(), /\/sign-in\?next=/)
    assert.deepEqual(browser.complaints, [])
  })

  test('pages that listen do not hold up a clean stop', async () => {
    const { page } = browser
    const hears = page.waitForResponse('**/api/console/events*')
    await page.getByLabel('API key').fill(pilotlight.apiKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    assert.equal((await hears).status(), 200)
    assert.equal(await pilotlight.down(), 0)
    assert.doesNotMatch(pilotlight.output, /killed|did not end/)
  })
})
