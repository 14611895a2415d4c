// What a compute does, live and before: load, sessions, slow statements, sleep, wakes.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import type { Locator } from 'playwright-core'
import { optionsUri, psql } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { Console, openShop } from './browser.ts'

describe('monitoring', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails
  let place: string
  const clients: pg.Client[] = []

  before(async () => {
    ;({ pilotlight, project, browser } = await openShop())
    place = `/projects/${project.id}/monitoring`
  })
  after(async () => {
    for (const client of clients) await client.end().catch(() => {})
    await browser?.close()
    await pilotlight?.stop()
  })

  const section = (name: string) => browser.page.getByRole('region', { name, exact: true })
  const chart = (name: string) => browser.page.getByRole('figure', { name, exact: true })
  const tile = (name: string) =>
    section('Now')
      .locator('div')
      .filter({ has: browser.page.getByText(name, { exact: true }) })
      .last()

  async function connect(application: string): Promise<pg.Client> {
    const connectionString = optionsUri(
      pilotlight,
      project,
      `sslmode=no-verify&application_name=${application}`,
    )
    const client = new pg.Client({ connectionString })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    return client
  }

  const textOf = async (what: Locator): Promise<string> => (await what.textContent()) ?? ''

  /** With one of the next looks: one that came late may tell no rates. */
  const tells = async (what: Locator, pattern: RegExp): Promise<void> =>
    await eventually(async () => pattern.test(await textOf(what)), {
      ...{ timeoutMs: 30_000, about: () => String(pattern) },
    })

  /** Sleep that is hatched: a chart is drawn a moment after it stands there. */
  const sleeps = async (atLeast: number): Promise<void> =>
    await eventually(
      async () => (await chart('Connections').locator('svg rect[fill^="url("]').count()) >= atLeast,
      { timeoutMs: 15_000, about: () => `${atLeast} times of sleep` },
    )

  const endpointState = async () =>
    (await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)).data.endpoint.current_state

  /** The catalog's rows, as they would be had it run for days. */
  async function plantPast(): Promise<void> {
    const catalog = new pg.Client({
      ...{ host: join(pilotlight.dataDir, 'catalog', 'socket'), port: 5432, user: 'cloud_admin' },
      ...{ password: readFileSync(join(pilotlight.dataDir, 'secrets', 'cloud-admin'), 'utf8').trim() },
      ...{ database: 'pilotlight', options: '-c search_path=pilotlight' },
    })
    await catalog.connect()
    try {
      await catalog.query(`update endpoints set created_at = now() - interval '30 days' where id = $1`, [
        project.endpointId,
      ])
      // Asleep from 45 to 25 minutes ago, and from 18 to 9 every night before.
      await catalog.query(
        `insert into samples
         select $1, at, 2 + (4 * random())::int, 5, (random() > 0.8)::int, 97, 0, (400 * random())::int,
                20 + 10 * sin(extract(epoch from at) / 1800), random(), 0, 900 + 300 * random(), 40 * random(),
                30 * random(), 5 * random(), 9000, 40 * random(), 0.4 + 0.3 * random(), 2, 9e7 + 2e7 * random(),
                1e9, 3e8 + 1e4 * extract(epoch from at - now())::int / 60
           from generate_series(now() - interval '7 days', now() - interval '5 minutes', interval '1 minute') at
          where at not between now() - interval '45 minutes' and now() - interval '25 minutes'
            and (at > now() - interval '2 hours' or extract(hour from at) between 9 and 17)`,
        [project.endpointId],
      )
      const turn = `
        insert into operations (id, project_id, branch_id, endpoint_id, action, status, created_at, started_at, finished_at, cause)
        select gen_random_uuid(), $1, $2, $3, action, 'finished', at, at, at + interval '90 milliseconds', cause::jsonb
          from (select `
      const of = [project.id, project.branchId, project.endpointId]
      await catalog.query(
        `${turn} 'suspend_compute' as action, now() - interval '45 minutes' as at, '{"by": "idle", "quiet_seconds": 300}' as cause
           union all select 'start_compute', now() - interval '25 minutes',
                    '{"by": "connection", "role": "app", "database": "shop", "application": "gunicorn"}'
           union all select 'suspend_compute', date_trunc('day', now()) - interval '6 hours' - day * interval '1 day',
                    '{"by": "idle", "quiet_seconds": 300}' from generate_series(0, 6) day
           union all select 'start_compute', date_trunc('day', now()) + interval '9 hours' - day * interval '1 day',
                    '{"by": "connection", "role": "app", "database": "shop"}' from generate_series(1, 6) day
           union all select 'start_compute', date_trunc('day', now()), '{"by": "request", "via": "api"}') as turns`,
        of,
      )
    } finally {
      await catalog.end()
    }
  }

  test('load is seen live', async () => {
    const { page } = browser
    await page.goto(`/projects/${project.id}`)
    await page.getByRole('link', { name: 'Monitoring' }).click()
    await page.getByRole('heading', { name: 'Monitoring' }).waitFor()
    await section('Now').getByText('looked at every 5 seconds').waitFor()
    const client = await connect('loader')
    await client.query('create table orders (id int primary key, note text)')
    let stop = false
    const load = (async () => {
      for (let id = 0; !stop; id += 100) {
        await client.query(
          `insert into orders select n, repeat('x', 50) from generate_series($1::int, $2::int) n`,
          [id, id + 99],
        )
      }
    })()
    try {
      const rate = chart('Rows per second').getByRole('listitem').filter({ hasText: 'inserted' })
      await tells(rate, /inserted\s*[\d.]*[1-9]/)
      await tells(tile('Connections'), /1 of \d+/)
      await tells(tile('Processor'), /[\d.]+%/)
      await tells(tile('Memory'), /\d+(\.\d+)? MB/)
      await tells(tile('Transactions'), /[\d.]+K?\/s/)
    } finally {
      stop = true
      await load
    }
    await section('Databases').getByRole('cell', { name: project.database }).waitFor()
    await section('Used by the project').getByRole('figure', { name: 'Compute time' }).waitFor()
    await page.getByRole('button', { name: '10 minutes' }).click()
    await chart('Connections').waitFor()
    await browser.look('monitoring-live')
    await page.getByRole('button', { name: '1 hour' }).click()
  })

  test('a look that fails is told, and what was seen stays', async () => {
    const { page } = browser
    const looks = '**/api/console/metrics?*'
    await page.route(looks, async route => await route.abort())
    await page.getByRole('alert').getByText('Pilotlight does not answer').waitFor()
    await section('Now').waitFor()
    await chart('Connections').waitFor()
    await section('Sessions').waitFor()
    await page.unroute(looks)
    await page.getByRole('alert').waitFor({ state: 'detached' })
  })

  test('a chart is read by keys, as words and as a table', async () => {
    const { page } = browser
    const slider = chart('Connections').getByRole('slider')
    await slider.focus()
    await page.keyboard.press('Home')
    const first = await slider.getAttribute('aria-valuetext')
    assert.match(first!, /^[A-Z][a-z]{2} \d+, \d\d:\d\d:\d\d: active \d+, idle \d+, idle in transaction \d+$/)
    // Right after a sample there is but one point, until the next look.
    const secondPoint = async () => {
      await page.keyboard.press('Home')
      await page.keyboard.press('ArrowRight')
      return (await slider.getAttribute('aria-valuenow')) === '1'
    }
    await eventually(secondPoint, { timeoutMs: 15_000, about: () => 'the second point' })
    assert.match(
      (await chart('Connections')
        .getByText(/^active: /)
        .textContent())!,
      /idle in transaction: \d/,
    )
    await chart('Connections').getByText('Table').click()
    await chart('Connections').getByRole('columnheader', { name: 'active' }).waitFor()
    assert.deepEqual(await browser.barriers(), [])
    await chart('Connections').getByText('Table').click()
  })

  test('who waits for whom; a statement is shown when it is asked for; a session is ended', async () => {
    const { page } = browser
    const [holder, waiter] = [await connect('holder'), await connect('waiter')]
    await holder.query('begin; lock table orders')
    const waiting = waiter.query('select count(*) from orders').catch(() => undefined)
    const row = (application: string) => section('Sessions').getByRole('row').filter({ hasText: application })
    await row('waiter').getByText('held by').waitFor()
    await browser.look('monitoring-sessions')
    assert.ok(!(await textOf(section('Sessions'))).includes('lock table'))
    await row('holder')
      .getByRole('button', { name: /^Actions/ })
      .click()
    const cancel = page.getByRole('menuitem', { name: /Cancel statement/ })
    assert.match(await textOf(cancel), /It runs none now/)
    await page.getByRole('menuitem', { name: 'Show statement' }).click()
    const statement = page.getByRole('dialog')
    await statement.getByText('begin; lock table orders').waitFor()
    await page.keyboard.press('Escape')
    await statement.waitFor({ state: 'detached' })

    const ended = new Promise<{ code?: string }>(resolve => holder.once('error', resolve))
    await row('holder')
      .getByRole('button', { name: /^Actions/ })
      .click()
    await page.getByRole('menuitem', { name: 'End session' }).click()
    const dialog = page.getByRole('dialog', { name: 'End session' })
    await dialog.getByText('an open transaction of its is rolled back').waitFor()
    await browser.look('monitoring-end-session')
    await dialog.getByRole('button', { name: 'End session' }).click()
    await page.getByText('(holder) has ended').waitFor()
    assert.equal((await ended).code, '57P01')
    await waiting
    await row('holder').waitFor({ state: 'detached' })
    await row('waiter').waitFor()
  })

  test('slow statements are counted once somebody wants it', async () => {
    const { page } = browser
    await section('Slowest statements').getByRole('button', { name: 'Turn it on' }).click()
    const dialog = page.getByRole('dialog', { name: 'Count statements' })
    await dialog.getByText('its sessions end').waitFor()
    await dialog.getByRole('button', { name: 'Turn on and restart' }).click()
    await page.getByText('Statements are counted').waitFor()
    const client = await connect('after')
    await client.query('select pg_sleep(0.3)')
    await client.query(`select count(*) from orders where note = 'secret of theirs'`)
    const list = section('Slowest statements')
    await list.getByText('select pg_sleep($1)').first().waitFor()
    await list.getByText('select count(*) from orders where note = $1').first().waitFor()
    assert.ok(!(await textOf(list)).includes('secret of theirs'))
    await list.getByText('select pg_sleep($1)').first().click()
    await browser.look('monitoring-statements')
    // Nothing was made in the project's own database.
    const { stdout } = await psql(
      optionsUri(pilotlight, project),
      `select count(*) from pg_extension where extname = 'pg_stat_statements'`,
    )
    assert.equal(stdout, '0')
  })

  test('looking keeps nothing awake and wakes nothing; sleep is shown as sleep, a wake with who caused it', async () => {
    const { page } = browser
    for (const client of clients.splice(0)) await client.end().catch(() => {})
    await plantPast()
    await pilotlight.api.suspendProjectEndpoint(project.id, project.endpointId)
    await page.getByRole('heading', { name: 'The compute is asleep' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'The compute is asleep' }).waitFor()
    await chart('Connections').waitFor()
    await sleeps(2)
    await browser.look('monitoring-asleep')
    assert.equal(await endpointState(), 'idle')

    await psql(optionsUri(pilotlight, project), 'select 1')
    await section('Now').waitFor()
    const wakes = page.getByRole('table', { name: 'Wake-ups' })
    await wakes.getByRole('row').nth(1).getByText(`A connection of role ${project.role}`).waitFor()
    await wakes.getByText('(application gunicorn)').waitFor()
  })

  test('days are seen, and the address keeps them', async () => {
    const { page } = browser
    await page.getByRole('button', { name: '7 days' }).click()
    await page.waitForURL(/range=7d/)
    await page.reload()
    await chart('Size of all databases').waitFor()
    await sleeps(7)
    await browser.look('monitoring-week')
    await page.goto(`${place}?branch=br-none`)
    await page.getByRole('heading', { name: 'No such branch' }).waitFor()
  })

  test('on a narrow page, and on the dashboard', async () => {
    const { page } = browser
    await page.setViewportSize({ width: 360, height: 780 })
    await page.goto(place)
    await chart('Connections').getByRole('slider').waitFor()
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.ok(Number(overflow) <= 0, `${overflow} pixels beyond the edge`)
    await browser.look('monitoring-narrow')
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(`/projects/${project.id}`)
    await page.getByRole('figure', { name: 'Storage' }).getByRole('slider').waitFor()
    await browser.look('dashboard-charts')
    assert.deepEqual(browser.complaints, [])
  })
})

describe('monitoring of a compute that nobody uses', () => {
  const suspendAfterSeconds = 6
  let pilotlight: Pilotlight
  let browser: Console

  before(async () => {
    pilotlight = await Pilotlight.start({ flags: ['--suspend-after', String(suspendAfterSeconds)] })
    browser = await Console.open(pilotlight)
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
  })

  test('it falls asleep while the page looks at it, and looking does not wake it', async () => {
    const { page } = browser
    const project = await pilotlight.createProject({ name: 'quiet' })
    await pilotlight.settle(project.id)
    // Until the page is there it is in use: on a slow machine it would sleep by then.
    const user = new pg.Client({ connectionString: optionsUri(pilotlight, project, 'sslmode=no-verify') })
    user.on('error', () => {})
    await user.connect()
    await user.query('begin')
    await browser.signIn(pilotlight, 'quiet')
    const starts = async () => {
      const { data } = await pilotlight.api.listProjectOperations({ projectId: project.id })
      return data.operations.filter(({ action }) => action === 'start_compute').length
    }
    let looks = 0
    page.on('request', request => {
      if (new URL(request.url()).pathname === '/api/console/metrics') looks++
    })
    await page.goto(`/projects/${project.id}/monitoring`)
    await page.getByRole('region', { name: 'Now' }).waitFor()
    await user.end()
    const before = await starts()
    await page.getByRole('heading', { name: 'The compute is asleep' }).waitFor()
    assert.ok(looks >= 2, `${looks} looks`)
    // What was seen live goes with the page; samples do not.
    await page.reload()
    const size = page.getByRole('figure', { name: 'Size of all databases' })
    await size
      .getByRole('listitem')
      .filter({ hasText: /size\s*[\d.]+ MB/ })
      .waitFor()
    const seen = looks
    await eventually(() => looks >= seen + 2, { timeoutMs: 20_000, about: () => 'two more looks' })
    assert.equal(await page.getByRole('heading', { name: 'The compute is asleep' }).count(), 1)
    assert.equal(await starts(), before)
  })
})
