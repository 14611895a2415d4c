// Going anywhere and doing most things by the keys; what pages are called; and pages that are not there.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { psql } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { Console } from './browser.ts'

describe('the palette and the keys', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
    await pilotlight.createProject({ name: 'blog' })
    await pilotlight.api.createProjectBranch(project.id, {
      branch: { name: 'preview' },
      endpoints: [{ type: 'read_write' as never }],
    })
    await pilotlight.settle(project.id)
    browser = await Console.open(pilotlight)
    await browser.signIn(pilotlight, 'shop')
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const palette = () => browser.page.getByRole('dialog', { name: 'Go to' })
  const openPalette = async (search: string) => {
    await browser.page.keyboard.press('Control+k')
    await palette().getByRole('combobox').fill(search)
    await palette().getByRole('option').first().waitFor()
  }
  const title = async (expected: string) => {
    let seen = ''
    await eventually(
      async () => {
        seen = await browser.page.title()
        return seen === expected
      },
      { timeoutMs: 10_000, about: () => `the title ${expected}, not ${seen}` },
    )
  }

  test('it goes to a project, to a page, to a branch and to a guide; each is called what it is', async () => {
    const { page } = browser
    await title('Projects · Pilotlight')
    await page.evaluate(`
      window.titles = []
      window.news = []
      const lookAt = (element, seen) => new MutationObserver(() => seen.push(element.textContent))
        .observe(element, { childList: true, characterData: true, subtree: true })
      lookAt(document.querySelector('title'), titles)
      lookAt(document.querySelector('#root > [aria-live]'), news)`)
    await openPalette('sho')
    await palette()
      .getByRole('option', { name: /^shop / })
      .waitFor()
    await page.keyboard.press('Enter')
    await title('Dashboard · shop · Pilotlight')
    await openPalette('')
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('palette-light')
    await palette().getByRole('combobox').fill('operat')
    await page.keyboard.press('Enter')
    await title('Operations · shop · Pilotlight')
    await openPalette('previ')
    await palette().getByRole('group', { name: 'Branches' }).getByRole('option').first().click()
    await title('preview · Branch · shop · Pilotlight')
    await openPalette('python conn_max')
    await page.keyboard.press('Enter')
    await title('Django · Guide · shop · Pilotlight')
    // Nothing else on the way, and those who do not see the title are told.
    assert.ok(!String(await page.evaluate('titles.join()')).includes('Not found'))
    let news = ''
    await eventually(
      async () => {
        news = String(await page.evaluate('news.join()'))
        return news === 'Dashboard,Operations,Branch,Guide'
      },
      { timeoutMs: 10_000, about: () => `the news of each page, not ${news}` },
    )
  })

  test('in the dark, and on a narrow page', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 700 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await openPalette('')
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('palette-narrow-dark')
    await page.keyboard.press('Escape')
    await palette().waitFor({ state: 'detached' })
    await page.setViewportSize({ width: 1280, height: 720 })
    await page.emulateMedia({ colorScheme: 'light' })
  })

  test('it copies a connection string that psql takes', async () => {
    await openPalette('copy connection preview')
    await browser.page.keyboard.press('Enter')
    await browser.page.getByText('The connection string of preview is on the clipboard').waitFor()
    const copied = await browser.clipboard()
    assert.match(copied, /^postgresql:\/\/neondb_owner:npg_\w+@/)
    assert.equal((await psql(copied, 'select 6 * 7')).stdout, '42')
  })

  test('it suspends and starts a compute, and says of one that sleeps why not', async () => {
    const { page } = browser
    await openPalette('suspend preview')
    await page.keyboard.press('Enter')
    await page.getByText('preview is asleep').waitFor()
    await openPalette('suspend preview')
    const entry = palette().getByRole('option', { name: /Suspend compute of preview/ })
    await entry.getByText('It is asleep already').waitFor()
    await page.keyboard.press('Enter')
    assert.ok(await palette().isVisible(), 'what cannot be done is not done')
    await palette().getByRole('combobox').fill('wake preview')
    await page.keyboard.press('Enter')
    await page.getByText('preview is awake').waitFor()
  })

  test('actions: connect, new branch, new project, a theme', async () => {
    const { page } = browser
    const opens = async (search: string, dialog: string) => {
      await openPalette(search)
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: dialog }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await opens('connect', 'Connect to your database')
    await opens('new branch', 'New branch')
    await opens('new project', 'New Project')
    await openPalette('dark theme')
    await page.keyboard.press('Enter')
    await page.locator('html[data-theme=dark]').waitFor()
    assert.equal(await page.getByRole('combobox', { name: 'Theme' }).inputValue(), 'dark')
    await openPalette('theme of the system')
    await page.keyboard.press('Enter')
    await page.locator('html[data-theme=light]').waitFor()
  })

  test('letters lead on, but not from a field', async () => {
    const { page } = browser
    await page.goto(`/projects/${project.id}`)
    await title('Dashboard · shop · Pilotlight')
    await page.keyboard.type('gb')
    await title('Branches · shop · Pilotlight')
    const search = page.getByRole('searchbox', { name: 'Search branches' })
    await search.waitFor()
    await page.keyboard.press('/')
    await search.and(page.locator(':focus')).waitFor()
    await page.keyboard.type('go?/')
    assert.equal(await search.inputValue(), 'go?/')
    assert.equal(await page.getByRole('dialog').count(), 0)
    await page.goto(`/projects/${project.id}/sql`)
    await page.locator('.cm-content').click()
    await page.keyboard.type('gb?')
    await page.locator('.cm-content').getByText('gb?').waitFor()
    await title('SQL Editor · shop · Pilotlight')
    await page.goto(`/projects/${project.id}/branches`)
    await search.waitFor()
    await page.keyboard.press('Escape')
    await search.blur()
    await page.keyboard.type('gs')
    await title('Settings · shop · Pilotlight')
    await page.keyboard.type('gp')
    await title('Projects · Pilotlight')
  })

  test('a sheet tells the keys, and switches the letters off', async () => {
    const { page } = browser
    await page.goto(`/projects/${project.id}`)
    await title('Dashboard · shop · Pilotlight')
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await sheet.waitFor()
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('shortcuts')
    await sheet.getByRole('checkbox').uncheck()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.keyboard.type('gb?')
    await openPalette('keyboard')
    await page.keyboard.press('Enter')
    await sheet.getByRole('checkbox').check()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await title('Dashboard · shop · Pilotlight')
    await page.keyboard.type('gb')
    await title('Branches · shop · Pilotlight')
  })

  test('letters that come before the palette is there lead nowhere', async () => {
    const { page } = browser
    const isLet = Promise.withResolvers<void>()
    await page.route('**/assets/palette-*.js', async route => {
      await isLet.promise
      await route.continue()
    })
    await page.goto(`/projects/${project.id}`)
    await title('Dashboard · shop · Pilotlight')
    const asked = page.waitForRequest('**/assets/palette-*.js')
    await page.keyboard.press('Control+k')
    await asked
    await page.keyboard.type('gb')
    isLet.resolve()
    await palette().waitFor()
    await title('Dashboard · shop · Pilotlight')
    await page.keyboard.press('Escape')
    await palette().waitFor({ state: 'detached' })
    await page.unroute('**/assets/palette-*.js')
  })

  test('what is not there says so, and what breaks has its request id', async () => {
    const { page } = browser
    await page.goto('/no/such/page')
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await title('Not found · Pilotlight')
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('not-found')
    await page.getByRole('link', { name: 'To the projects' }).click()
    await title('Projects · Pilotlight')
    await page.goto('/projects/no-such-project')
    const alert = page.getByRole('alert')
    await alert.getByText('project not found').waitFor()
    await alert.getByText(/^Request /).waitFor()
    const operations = `**/api/v2/projects/${project.id}/operations*`
    await page.route(operations, route =>
      route.fulfill({ status: 500, json: { code: 'X', message: 'not to be read', request_id: 'r-1' } }),
    )
    await page.goto(`/projects/${project.id}`)
    await alert.getByText('not to be read').waitFor()
    await page.unroute(operations)
    await alert.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Recent operations' }).waitFor()
    assert.deepEqual(browser.complaints, [])
  })

  test('a part of the console that is gone asks to be loaded anew', async () => {
    const { page } = browser
    await page.route('**/assets/guides-page-*.js', route => route.fulfill({ status: 404, body: '' }))
    await page.goto(`/projects/${project.id}/guides`)
    await page.getByRole('heading', { name: 'This page could not be shown' }).waitFor()
    await page.getByText('may have been updated').waitFor()
    assert.deepEqual(await browser.barriers(), [])
    await browser.picture('lost-part')
    await page.unroute('**/assets/guides-page-*.js')
    await page.getByRole('button', { name: 'Load it anew' }).click()
    await page.getByRole('heading', { name: 'Guides', level: 1 }).waitFor()
  })
})
