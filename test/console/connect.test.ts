// Connection details: every form, the choice in the address, the test that really connects, a new password.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { connect, psql } from '../fixtures/clients.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'
import { type Console, openShop } from './browser.ts'

const forms = [
  'Connection string',
  'psql',
  '.env',
  'Django',
  'dj-database-url',
  'Django tests',
  'Python',
  'Node.js',
  'Prisma',
  'Drizzle',
  'SQLAlchemy',
  'Go',
  'Java',
  'Rust',
  'Ruby',
  'PHP',
  '.NET',
  'Without SNI',
]

describe('connection details', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails

  before(async () => {
    ;({ pilotlight, project, browser } = await openShop())
    await browser.page.goto(`/projects/${project.id}?connect=true`)
    await dialog().waitFor()
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const dialog = () => browser.page.getByRole('dialog', { name: 'Connect to your database' })
  const button = (name: string) => dialog().getByRole('button', { name, exact: true })
  const copied = async () => {
    await button('Copy URL').click()
    await dialog().getByText('Copied', { exact: true }).waitFor()
    return browser.clipboard()
  }
  const testIt = async () => {
    await button('Test this connection').click()
    const steps = dialog().getByRole('list', { name: 'Steps' }).getByRole('listitem')
    await steps.first().waitFor()
    return steps
  }

  test('each form is there, and the choice stands in the address', async () => {
    const { page } = browser
    const select = dialog().getByLabel('Show as')
    await select.waitFor()
    assert.deepEqual(await select.locator('option').allTextContents(), forms)
    for (const form of forms) {
      await select.selectOption(form)
      await dialog().getByRole('figure').first().waitFor()
    }
    await select.selectOption('SQLAlchemy')
    await page.waitForURL(/connect=true.*as=sqlalchemy/)
    await page.reload()
    await dialog().getByText('create_engine').waitFor()
    assert.equal(await select.inputValue(), 'sqlalchemy')
    assert.ok(!page.url().includes('npg_'))
    await select.selectOption('Connection string')
  })

  test('the test really connects, wakes what sleeps, and shows each step', async () => {
    await pilotlight.suspend(project)
    const steps = await testIt()
    assert.equal(await steps.count(), 5)
    await dialog().getByText('It connects, in').waitFor()
    await dialog().getByText('It was asleep, and has been woken.').waitFor()
    assert.match((await steps.nth(4).textContent())!, /PostgreSQL \d+|\d+\.\d+/)
    await browser.look('connect-tested')
  })

  test('what a test has found is not shown of another database', async () => {
    await pilotlight.api.createProjectBranchDatabase(project.id, project.branchId, {
      database: { name: 'other', owner_name: project.role },
    })
    await pilotlight.settle(project.id)
    const database = dialog().getByLabel('Database')
    await database.selectOption('other')
    await dialog().getByText('It connects, in').waitFor({ state: 'detached' })
    await database.selectOption(project.database)
  })

  test('on a narrow page', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 740 })
    await browser.look('connect-narrow')
    const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
    assert.ok(width <= 360, `${width}`)
    await page.setViewportSize({ width: 1280, height: 720 })
  })

  test('what to do about host names says how, in the words of this project', async () => {
    const help = dialog().locator('details').filter({ hasText: '/etc/hosts' })
    if ((await help.getAttribute('open')) === null) await help.locator('summary').click()
    await help.getByText(`127.0.0.1 ${project.host}`).waitFor()
    await help.getByText('PGHOSTADDR=127.0.0.1').waitFor()
  })

  test('a new password: whoever is connected stays, and only the new one is taken', async () => {
    const { page } = browser
    const before = await copied()
    const client = await connect(pilotlight, project)
    try {
      await button('Reset password').click()
      const question = page.getByRole('dialog', { name: 'Reset the password of neondb_owner?' })
      await question.getByText('Whoever is connected stays connected').waitFor()
      await browser.look('connect-reset-password')
      await question.getByRole('button', { name: 'Cancel' }).click()
      await question.waitFor({ state: 'detached' })
      assert.equal(await copied(), before)

      // Whoever copies at once, before the page has the new one, waits for it.
      const isFetched = Promise.withResolvers<void>()
      await page.route('**/reveal_password', async route => {
        await isFetched.promise
        await route.continue()
      })
      await button('Reset password').click()
      await question.getByRole('button', { name: 'Reset password' }).click()
      await page.getByText('neondb_owner has a new password').waitFor()
      await button('Copy URL').click()
      isFetched.resolve()
      await dialog().getByText('Copied', { exact: true }).waitFor()
      await page.unroute('**/reveal_password')
      assert.notEqual(await browser.clipboard(), before)
      assert.equal((await client.query('select 6 * 7 as n')).rows[0].n, 42)
    } finally {
      await client.end()
    }
    const after = await copied()
    assert.notEqual(after, before)
    assert.equal((await psql(after, 'select 6 * 7')).stdout, '42')
    assert.match((await psql(before, 'select 1')).stderr, /password authentication failed/)
  })

  test('a step that fails says what to do, and those behind it are left out', async () => {
    const { page } = browser
    await pilotlight.api.updateProject(project.id, {
      project: { settings: { allowed_ips: { ips: ['192.0.2.1'] } } },
    })
    await pilotlight.settle(project.id)
    await page.reload()
    const steps = await testIt()
    await dialog().getByText('It does not connect').waitFor()
    const login = (await steps.nth(3).textContent())!
    assert.match(login, /failed/)
    assert.match((await steps.nth(4).textContent())!, /skipped/)
    await browser.look('connect-failed')
    await pilotlight.api.updateProject(project.id, {
      project: { settings: { allowed_ips: { ips: [] } } },
    })
  })

  test('a branch without a compute says what is missing', async () => {
    const { page } = browser
    const { data } = await pilotlight.api.createProjectBranch(project.id, { branch: { name: 'data-only' } })
    await page.goto(`/projects/${project.id}?connect=true&branch=${data.branch.id}`)
    await dialog().getByText('Give the branch a compute first').waitFor()
    assert.deepEqual(browser.complaints, [])
  })
})
