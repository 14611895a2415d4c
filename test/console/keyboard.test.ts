// Without a mouse: from the sign-in to a project, its connection string, a branch, and out again.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { psql } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'
import { Console } from './browser.ts'

describe('the keyboard alone', () => {
  let pilotlight: Pilotlight
  let browser: Console

  before(async () => {
    pilotlight = await Pilotlight.start()
    browser = await Console.open(pilotlight)
    const { mouse } = browser.page
    for (const deed of ['move', 'down', 'up', 'click', 'dblclick', 'wheel'] as const)
      mouse[deed] = () => Promise.reject(new Error('no mouse here'))
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  interface Focused {
    name: string
    role: string
    /** A ring, or something else by which it is seen. */
    isSeen: boolean
  }
  const focused = async (): Promise<Focused> =>
    await browser.page.evaluate(`(() => {
      const element = document.activeElement
      const style = getComputedStyle(element)
      const { width, height } = element.getBoundingClientRect()
      const label = element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent ?? ''
      return {
        name: label.trim().replace(/\\s+/g, ' '),
        role: element.getAttribute('role') ?? element.tagName.toLowerCase(),
        isSeen: width > 0 && height > 0 && element.matches(':focus-visible') && style.outlineStyle !== 'none',
      }
    })()`)
  const press = (key: string) => browser.page.keyboard.press(key)

  /** Tab after Tab until it has the focus; each stop on the way is seen to have it. */
  const tabTo = async (name: string | RegExp, key = 'Tab') => {
    const passed: string[] = []
    for (let n = 0; n < 60; n++) {
      await press(key)
      const now = await focused()
      passed.push(now.name)
      if (now.role !== 'body' && now.role !== 'html')
        assert.ok(now.isSeen, `${now.role} “${now.name}” is focused and not seen so`)
      if (typeof name === 'string' ? now.name === name : name.test(now.name)) return
    }
    assert.fail(`${name} is not in reach: ${passed.join(' | ')}`)
  }
  const focusIsOn = (name: string | RegExp) =>
    eventually(
      async () => {
        const now = await focused()
        return typeof name === 'string' ? now.name === name : name.test(now.name)
      },
      { timeoutMs: 10_000, about: () => `the focus on ${name}` },
    )

  test('in, by a key', async () => {
    const { page } = browser
    await page.goto('/')
    await page.getByLabel('API key').waitFor()
    await tabTo('API key')
    await page.keyboard.type(pilotlight.apiKey)
    await press('Enter')
    await page.getByRole('heading', { name: 'No project yet' }).waitFor()
  })

  test('the first stop skips to the content', async () => {
    const { page } = browser
    await page.reload()
    await page.getByRole('heading', { name: 'No project yet' }).waitFor()
    await tabTo('Skip to the content')
    await press('Enter')
    await tabTo(/./)
    const inMain = await page.evaluate("document.activeElement.closest('main') !== null")
    assert.equal(inMain, true)
  })

  test('a project', async () => {
    const { page } = browser
    await tabTo('Create the first one')
    await press('Enter')
    await focusIsOn(/Name|Close|✕/)
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await focusIsOn('Create the first one')
    await press('Enter')
    await page.getByRole('dialog', { name: 'New Project' }).waitFor()
    if (!/^Name/.test((await focused()).name)) await tabTo(/^Name/)
    await page.keyboard.type('shop')
    await press('Enter')
    await page.getByRole('dialog', { name: 'Connect to your database' }).waitFor()
  })

  test('its connection string', async () => {
    const { page } = browser
    await page.getByRole('button', { name: 'Copy URL' }).waitFor()
    await tabTo('Copy URL')
    await press('Enter')
    await page.getByText('Copied', { exact: true }).waitFor()
    const copied = await browser.clipboard()
    assert.equal((await psql(copied, 'select 6 * 7')).stdout, '42')
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await tabTo('Connect')
    await press('Enter')
    await page.getByRole('dialog', { name: 'Connect to your database' }).waitFor()
    await press('Escape')
    await focusIsOn('Connect')
  })

  test('a branch, and back to where one was', async () => {
    const { page } = browser
    await tabTo('Branches', 'Shift+Tab')
    await press('Enter')
    await page.getByRole('heading', { name: 'Branches', level: 1 }).waitFor()
    await focusIsOn('Branches')
    await tabTo('New branch')
    await press('Enter')
    const dialog = page.getByRole('dialog', { name: 'New branch' })
    await dialog.waitFor()
    if (!/^Name/.test((await focused()).name)) await tabTo(/^Name/)
    await page.keyboard.type('try')
    await press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'try', exact: true }).waitFor()
    await tabTo('try')
    await press('Enter')
    await page.getByRole('heading', { name: 'try', level: 1 }).waitFor()
  })

  test('out', async () => {
    const { page } = browser
    await press('Control+k')
    await page.getByRole('dialog', { name: 'Go to' }).getByRole('option').first().waitFor()
    await page.keyboard.type('sign out')
    await press('Enter')
    await page.getByLabel('API key').waitFor()
    assert.deepEqual(browser.complaints, [])
  })
})
