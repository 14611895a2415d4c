// What the first look at a page costs: bytes as they are transferred, requests, and what moves under the reader's eyes.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CDPSession } from 'playwright-core'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { Console, printedLink } from './browser.ts'

const scriptBytes = 300_000
const requests = 70
const layoutShift = 0.1

/** By what each of the big parts is known in a script, whatever that is called. */
const marks = {
  editor: 'cm-editor',
  palette: 'cmdk-item',
  guides: 'DISABLE_SERVER_SIDE_CURSORS',
} as const
type Part = keyof typeof marks

interface Loaded {
  url: URL
  type: string
  /** With its headers, compressed as it was. */
  bytes: number
  headers: Record<string, string>
  isCached: boolean
}

describe('the first look', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails
  let session: CDPSession
  let loaded: Map<string, Loaded>
  /** Requests that have no end yet; the stream of news, which has none, is not among them. */
  const underWay = new Set<string>()
  let asked = 0

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
    await pilotlight.settle(project.id)
    browser = await Console.open(pilotlight)
    // Before any page: what breaks the page's policy, and what moves.
    await browser.page.addInitScript(`
      window.policyBreaks = []
      addEventListener('securitypolicyviolation', event => policyBreaks.push(event.violatedDirective + ' ' + event.blockedURI))
      window.shift = 0
      new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
      }).observe({ type: 'layout-shift', buffered: true })
      window.longTasks = []
      new PerformanceObserver(list => longTasks.push(...list.getEntries().map(({ name }) => name))).observe({ type: 'longtask', buffered: true })`)
    session = await browser.context.newCDPSession(browser.page)
    await session.send('Network.enable')
    loaded = new Map()
    session.on('Network.requestWillBeSent', ({ requestId, type }) => {
      if (type === 'EventSource') return
      asked++
      underWay.add(requestId)
    })
    session.on('Network.loadingFailed', ({ requestId }) => underWay.delete(requestId))
    session.on('Network.responseReceived', ({ requestId, response, type }) => {
      loaded.set(requestId, {
        ...{ url: new URL(response.url), type, bytes: 0, headers: lowered(response.headers) },
        isCached: response.fromDiskCache === true,
      })
    })
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      underWay.delete(requestId)
      const one = loaded.get(requestId)
      if (one) one.bytes = encodedDataLength
    })
    await browser.page.goto(printedLink(pilotlight))
    await browser.page.getByRole('link', { name: 'shop' }).waitFor()
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  const all = () => [...loaded.values()].filter(({ url }) => url.protocol.startsWith('http'))
  const scripts = () => all().filter(({ type }) => type === 'Script')

  /** Until all has come, and the page has nothing left to do that could ask for more. */
  const quiet = async () => {
    let before: number
    do {
      before = asked
      const expression = 'new Promise(done => requestIdleCallback(done))'
      await session.send('Runtime.evaluate', { expression, awaitPromise: true })
    } while (underWay.size > 0 || asked !== before)
  }

  /** With an empty cache. */
  const look = async (path: string, isThere: () => Promise<unknown>) => {
    await session.send('Network.clearBrowserCache')
    await browser.page.goto('about:blank')
    loaded.clear()
    underWay.clear()
    await browser.page.goto(path)
    await isThere()
    await quiet()
  }

  const pages: [string, () => string, () => Promise<unknown>, Part[]][] = [
    [
      'projects',
      () => '/',
      () => browser.page.getByRole('link', { name: 'shop' }).waitFor(),
      ['editor', 'palette', 'guides'],
    ],
    [
      'a project',
      () => `/projects/${project.id}`,
      () => browser.page.getByRole('heading', { name: 'Recent operations' }).waitFor(),
      ['editor', 'palette', 'guides'],
    ],
    [
      'branches',
      () => `/projects/${project.id}/branches`,
      () => browser.page.getByRole('heading', { name: 'Branches', level: 1 }).waitFor(),
      ['editor', 'palette', 'guides'],
    ],
  ]

  for (const [name, path, isThere, later] of pages) {
    test(`${name}: bytes, requests, what is loaded, and what moves`, async t => {
      await look(path(), isThere)
      const bytes = scripts().reduce((sum, one) => sum + one.bytes, 0)
      t.diagnostic(`${bytes} bytes of script, ${all().length} requests`)
      assert.ok(bytes > 50_000, 'it was not taken from a cache')
      assert.ok(bytes <= scriptBytes, `${bytes} bytes of script`)
      assert.ok(all().length <= requests, `${all().length} requests`)
      for (const { url } of scripts()) {
        const text = await (await fetch(url)).text()
        for (const part of later) assert.ok(!text.includes(marks[part]), `${url.pathname} brings the ${part}`)
      }
      const { page } = browser
      const shift = Number(await page.evaluate('window.shift'))
      assert.ok(shift < layoutShift, `layout shift ${shift}`)
      assert.deepEqual(await page.evaluate('policyBreaks'), [])
      const longTasks = (await page.evaluate('longTasks')) as string[]
      t.diagnostic(`${longTasks.length} long tasks`)
      // How long they take is the machine's matter; how many there are says that the page comes at a stretch.
      assert.ok(longTasks.length <= 8, `${longTasks.length} long tasks`)
    })
  }

  test('the marks are those of the parts', async () => {
    // A mark that is in no script would keep nothing out.
    await look(`/projects/${project.id}/sql`, () => browser.page.locator('.cm-editor').first().waitFor())
    await browser.page.keyboard.press('Control+k')
    await browser.page.getByRole('dialog', { name: 'Go to' }).waitFor()
    await quiet()
    const seen = await Promise.all(scripts().map(async ({ url }) => await (await fetch(url)).text()))
    await look(`/projects/${project.id}/guides/django`, () =>
      browser.page.getByRole('heading', { name: 'Settings', level: 2 }).waitFor(),
    )
    seen.push(...(await Promise.all(scripts().map(async ({ url }) => await (await fetch(url)).text()))))
    for (const [part, mark] of Object.entries(marks))
      assert.ok(
        seen.some(text => text.includes(mark)),
        part,
      )
  })

  test('everything is ours, compressed, and what never changes is kept', async () => {
    await look('/', () => browser.page.getByRole('link', { name: 'shop' }).waitFor())
    const { origin } = new URL(pilotlight.run.apiUrl)
    for (const { url } of all()) assert.equal(url.origin, origin)
    const assets = all().filter(({ url }) => url.pathname.startsWith('/assets/'))
    assert.ok(assets.length > 2)
    for (const { url, headers } of assets) {
      assert.match(headers['cache-control'] ?? '', /max-age=31536000, immutable/, url.pathname)
      if (/\.(js|css)$/.test(url.pathname)) {
        const isSmall = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) < 1024
        assert.ok(isSmall || headers['content-encoding'] !== undefined, url.pathname)
      }
    }
    const [document] = all().filter(({ type }) => type === 'Document')
    assert.equal(document!.headers['cache-control'], 'no-cache')
    assert.match(document!.headers['content-security-policy'] ?? '', /script-src 'self'/)
    // Letters of the alphabet that is read, and not those of every other.
    const fonts = assets.filter(({ type }) => type === 'Font')
    assert.ok(fonts.length <= 4, fonts.map(({ url }) => url.pathname).join())
    assert.ok(fonts.every(({ url }) => url.pathname.endsWith('.woff2')))

    loaded.clear()
    await browser.page.reload()
    await browser.page.getByRole('link', { name: 'shop' }).waitFor()
    await quiet()
    const again = all().filter(({ url }) => url.pathname.startsWith('/assets/'))
    assert.ok(
      again.every(({ isCached, bytes }) => isCached || bytes === 0),
      'a second look asks for none of them',
    )
    assert.deepEqual(browser.complaints, [])
  })
})

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
