// A real Chromium, signed in to a real Pilotlight's console.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

/** What the pages looked like, for people: an artifact of the tests, not kept in the repository. */
const pictures = fileURLToPath(new URL('../../test-results/console', import.meta.url))

export type Theme = 'light' | 'dark'

export class Console {
  readonly #browser: Browser
  readonly context: BrowserContext
  readonly page: Page
  /** What the page complained of: scripts that failed, and what its policy refused. */
  readonly complaints: string[] = []

  private constructor(browser: Browser, context: BrowserContext, page: Page) {
    this.#browser = browser
    this.context = context
    this.page = page
    page.on('pageerror', error => this.complaints.push(String(error)))
    page.on('console', message => {
      // What the server refuses is no fault of the page.
      const isFault = message.type() === 'error' && !message.text().startsWith('Failed to load resource')
      if (isFault) this.complaints.push(message.text())
    })
  }

  static async open(pilotlight: Pilotlight, theme: Theme = 'light'): Promise<Console> {
    const browser = await chromium.launch({
      executablePath: process.env.PILOTLIGHT_TEST_CHROMIUM ?? '/usr/bin/chromium',
      // Root has no sandbox to offer; the only pages are ours.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    })
    const context = await browser.newContext({
      baseURL: pilotlight.run.apiUrl,
      colorScheme: theme,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    return new Console(browser, context, await context.newPage())
  }

  /** By the link that `up` printed; the project is on the list by then. */
  async signIn(pilotlight: Pilotlight, project: string): Promise<void> {
    await this.page.goto(printedLink(pilotlight))
    await this.page.getByRole('link', { name: project }).waitFor()
  }

  /** The page as it is in both themes, without barriers in either. */
  async look(name: string): Promise<void> {
    for (const theme of ['dark', 'light'] as const) {
      await this.page.emulateMedia({ colorScheme: theme })
      await this.page.locator(`html[data-theme=${theme}]`).waitFor()
      // What a theme can spoil is its colours alone.
      const barriers = await this.barriers(theme === 'dark' ? ['color-contrast'] : undefined)
      assert.deepEqual(barriers, [], `${name}, ${theme}`)
      await this.picture(`${name}-${theme}`)
    }
  }

  async picture(name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true })
    await this.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  }

  /** What is seriously wrong for people who cannot see, or use no mouse. `rules` undefined: by all of axe's rules. */
  async barriers(rules?: string[]): Promise<string[]> {
    if (!(await this.page.evaluate('"axe" in window'))) await this.page.evaluate(axe.source)
    const options: axe.RunOptions = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
    const run = `axe.run(document, ${JSON.stringify(options)})`
    const { violations } = (await this.page.evaluate(run)) as axe.AxeResults
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
  }

  async clipboard(): Promise<string> {
    return await this.page.evaluate('navigator.clipboard.readText()')
  }

  async close(): Promise<void> {
    await this.#browser.close()
  }
}

export interface Shop {
  pilotlight: Pilotlight
  project: ProjectDetails
  browser: Console
}

/** A Pilotlight with the project `shop`, and a browser that is signed in to its console. */
export async function openShop(): Promise<Shop> {
  const pilotlight = await Pilotlight.start()
  let browser: Console | undefined
  try {
    const project = await pilotlight.createProject({ name: 'shop' })
    await pilotlight.settle(project.id)
    browser = await Console.open(pilotlight)
    await browser.signIn(pilotlight, 'shop')
    return { pilotlight, project, browser }
  } catch (error) {
    await browser?.close()
    await pilotlight.stop()
    throw error
  }
}

/** The link that `up` printed. */
export function printedLink(pilotlight: Pilotlight): string {
  const link = /Console +(http\S+#\S+)/.exec(pilotlight.output)?.[1]
  if (!link) throw new Error(`no link in:\n${pilotlight.output}`)
  return link
}
