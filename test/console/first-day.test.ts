// A newcomer's way: from the link that `up` printed, to psql with the copied string.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { psql } from '../fixtures/clients.ts'
import { Pilotlight, temporaryDirectory } from '../fixtures/pilotlight.ts'
import { Console, printedLink } from './browser.ts'

describe('the first day', () => {
  let pilotlight: Pilotlight
  let browser: Console

  before(async () => {
    pilotlight = await Pilotlight.start({ dataDir: temporaryDirectory() })
    browser = await Console.open(pilotlight)
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  test('nobody gets in without a link or a key', async () => {
    const { page } = browser
    await page.goto('/projects/no-such')
    await page.getByLabel('API key').waitFor()
    assert.match(page.url(), /\/sign-in\?next=/)
    await page.getByLabel('API key').fill('napi_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('do not pass authentication').waitFor()
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('sign-in')
  })

  test('the link signs in once', async () => {
    const { page } = browser
    const link = printedLink(pilotlight)
    await page.goto(link)
    await page.getByRole('heading', { name: 'No project yet' }).waitFor()
    assert.ok(!page.url().includes('#'))
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('projects-empty')
    const again = await browser.context.browser()!.newContext()
    const other = await again.newPage()
    await other.goto(link)
    await other.getByRole('alert').getByText('used already').waitFor()
    await again.close()
  })

  test('opened again in the browser that it let in, the link leads in', async () => {
    const page = await browser.context.newPage()
    await page.goto(printedLink(pilotlight))
    await page.getByRole('heading', { name: 'No project yet' }).waitFor()
    await page.close()
  })

  test('a project is made, and its connection string is what psql takes', async () => {
    const { page } = browser
    await page.getByRole('button', { name: 'New Project' }).click()
    await page.getByLabel('Name').fill('shop')
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('project-create')
    // It is said for a moment only, whatever else is done meanwhile.
    const isReady = page.getByText('shop is ready').waitFor()
    await Promise.all([isReady, connectAtOnce()])
    assert.deepEqual(browser.complaints, [])
  })

  const connectAtOnce = async () => {
    const { page } = browser
    await page.getByRole('button', { name: 'Create project' }).click()
    await page.getByRole('dialog', { name: 'Connect to your database' }).waitFor()
    await page.getByRole('button', { name: 'Copy URL' }).click()
    await page.getByText('Copied').waitFor()
    const copied = await browser.clipboard()
    assert.match(copied, /^postgresql:\/\/neondb_owner:npg_\w+@/)
    assert.equal((await page.getByRole('figure').textContent())!.includes('npg_'), false)
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('connect')
    assert.equal((await psql(copied, 'select 6 * 7')).stdout.trim(), '42')
  }

  test('the address keeps the state: reload and back', async () => {
    const { page } = browser
    await page.reload()
    await page.getByRole('dialog', { name: 'Connect to your database' }).waitFor()
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByRole('heading', { name: 'shop' }).waitFor()
    await page.getByRole('table', { name: 'Branches at a glance' }).getByText('awake').waitFor()
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('project')
    await page.getByRole('link', { name: 'Projects' }).click()
    await page.getByRole('link', { name: 'shop' }).waitFor()
    await browser.picture('projects')
    await page.goBack()
    await page.getByRole('heading', { name: 'shop' }).waitFor()
  })

  test('a session that has ended leads to the way in', async () => {
    const { page, context } = browser
    const place = page.url()
    const cookies = await context.cookies()
    await context.clearCookies()
    // Whatever it asks next is refused: for this click, or by itself before it.
    await page.evaluate(`document.querySelector('a[href$="/operations"]')?.click()`)
    await page.getByLabel('API key').waitFor()
    assert.match(page.url(), /\/sign-in\?next=/)
    await context.addCookies(cookies)
    await page.goto(place)
    await page.getByRole('heading', { name: 'shop' }).waitFor()
  })

  test('where it could not be told who is signed in, it can be asked again', async () => {
    const { page } = browser
    const place = page.url()
    await page.route('**/api/console/session', route => route.abort())
    await page.goto('/')
    await page.getByRole('heading', { name: 'This page could not be shown' }).waitFor()
    await page.unroute('**/api/console/session')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: 'shop' }).waitFor()
    await page.goto(place)
    await page.getByRole('heading', { name: 'shop' }).waitFor()
  })

  test('a project that is made while somebody has gone elsewhere does not take them along', async () => {
    const { page } = browser
    await page.goto('/?create=true')
    await page.getByLabel('Name').fill('later')
    await page.route('**/api/v2/projects', async route => {
      await page.getByRole('button', { name: 'Close', exact: true }).click()
      await route.continue()
    })
    await page.getByRole('button', { name: 'Create project' }).click()
    await page.getByText('later is ready').waitFor()
    await page.unroute('**/api/v2/projects')
    await page.getByRole('link', { name: 'later' }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/')
  })

  test('back in one step to another project’s settings, they are those of that project', async () => {
    const { page } = browser
    const name = page.getByRole('textbox', { name: 'Name' })
    for (const project of ['shop', 'later']) {
      await page.getByRole('link', { name: 'Pilotlight' }).click()
      await page.getByRole('link', { name: project, exact: true }).click()
      await page.getByRole('link', { name: 'Settings' }).click()
      await name.waitFor()
      assert.equal(await name.inputValue(), project)
    }
    // As from the list of a browser's back button.
    await page.evaluate('history.go(-3)')
    await page.getByText('/ shop').waitFor()
    assert.equal(await name.inputValue(), 'shop')
  })

  test('signed out is out, and who is not is told', async () => {
    const { page } = browser
    await page.route('**/api/console/session', route => route.abort())
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are still signed in').waitFor()
    await page.unroute('**/api/console/session')
    await page.getByRole('button', { name: 'Sign out' }).click()
    // Nor is whoever comes next told what was told before.
    await page.getByLabel('API key').fill(pilotlight.apiKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'shop' }).waitFor()
    assert.equal(await page.getByRole('region', { name: 'News' }).textContent(), '')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API key').waitFor()
    await page.goto('/')
    await page.getByLabel('API key').waitFor()
  })
})
