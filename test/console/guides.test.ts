// Guides: found, filled in, and without the password until somebody asks for it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { guides } from '../../console/src/guides/guides.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'
import { type Console, openShop } from './browser.ts'

describe('guides', () => {
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

  const html = async (): Promise<string> => await browser.page.content()

  test('the navigation leads to them, Django first', async () => {
    const { page } = browser
    await page.goto(`/projects/${project.id}`)
    await page.getByRole('link', { name: 'Guides', exact: true }).click()
    await page.getByRole('heading', { name: 'Guides', level: 1 }).waitFor()
    await browser.look('guides')
    const names = await page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents()
    assert.deepEqual(
      names,
      guides.map(({ title }) => title),
    )
  })

  test('an error message leads to the section that helps', async () => {
    const { page } = browser
    await page.getByRole('searchbox', { name: 'Search guides' }).fill('EOF detected')
    await page.getByRole('link', { name: 'Django: If something goes wrong' }).click()
    await page.waitForURL(/guides\/django.*#errors$/)
    await page.getByRole('heading', { name: 'If something goes wrong' }).waitFor()
    await eventually(
      async () =>
        (await page.evaluate(
          "document.getElementById('errors').getBoundingClientRect().top < innerHeight",
        )) as boolean,
      { timeoutMs: 10_000, about: () => 'the section to be seen' },
    )
    await page.goBack()
    assert.equal(await page.getByRole('searchbox', { name: 'Search guides' }).inputValue(), 'EOF detected')
  })

  test('the password is fetched when it is asked for, and stands in no address', async () => {
    const { page } = browser
    const asked: string[] = []
    page.on('request', request => {
      if (request.url().includes('reveal_password')) asked.push(request.url())
    })
    await page.goto(`/projects/${project.id}/guides/django`)
    const env = page.getByRole('figure').filter({ hasText: 'PGHOST=' }).first()
    await env.waitFor()
    assert.match((await env.textContent())!, new RegExp(`PGDATABASE=${project.database}`))
    assert.ok(!(await html()).includes(project.password))
    assert.deepEqual(asked, [])
    await browser.look('guide-django')

    await env.getByRole('button', { name: 'Copy .env' }).click()
    await env.getByText('Copied').waitFor()
    assert.ok((await browser.clipboard()).includes(`PGPASSWORD=${project.password}`))
    assert.ok(!(await html()).includes(project.password))

    await page.getByRole('button', { name: 'Show password' }).click()
    await env.getByText(project.password).first().waitFor()
    await page.getByRole('button', { name: 'Hide password' }).click()
    await env.getByText('PGPASSWORD=****').first().waitFor()
    assert.ok(!(await html()).includes(project.password))
    assert.ok(asked.length > 0)
    assert.ok(!page.url().includes(project.password))
    assert.ok(!String(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).includes('npg_'))
  })

  test('it follows the choice of branch, and the address keeps it', async () => {
    const { page } = browser
    await pilotlight.api.createProjectBranch(project.id, {
      branch: { name: 'data-only' },
    })
    await pilotlight.settle(project.id)
    await page.goto(`/projects/${project.id}/guides/psql`)
    await page.getByText('Filled in for branch').click()
    await page.getByLabel('Branch').selectOption('data-only')
    await page.getByText('this branch has no compute').waitFor()
    await page.reload()
    await page.getByText('this branch has no compute').waitFor()
    await page.getByLabel('Branch').selectOption('main')
    await page.getByRole('heading', { name: 'Import from elsewhere' }).waitFor()
  })

  test('every guide opens without barriers, on a narrow page too', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 780 })
    for (const { id, title } of guides) {
      await page.goto(`/projects/${project.id}/guides/${id}`)
      await page.getByRole('heading', { name: title, level: 1 }).waitFor()
      await page.getByRole('figure').first().waitFor()
      assert.deepEqual(await browser.barriers(), [], id)
      const width = await page.evaluate('document.documentElement.scrollWidth')
      assert.ok(Number(width) <= 360, `${id} is ${width} wide`)
    }
    await browser.picture('guide-narrow')
    await page.goto(`/projects/${project.id}/guides/no-such`)
    await page.getByRole('heading', { name: 'There is no such guide' }).waitFor()
    assert.deepEqual(browser.complaints, [])
  })
})
