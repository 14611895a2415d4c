// A restore names the migrations that it would undo: those of a real Django, which then are undone.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { hostEnv, hostUri, python, query, runProgram } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { Console } from './browser.ts'

/** An application of one file, whose models are made by hand in its migrations. */
const settings = `
import os, dj_database_url
DATABASES = {'default': dj_database_url.parse(os.environ['DATABASE_URL'])}
INSTALLED_APPS = ['shop']
USE_TZ = True
SECRET_KEY = 'test'
`
const migration = (before: string | null, operation: string) => `
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [${before === null ? '' : `('shop', '${before}')`}]
    operations = [migrations.RunSQL("""${operation}""")]
`

describe('migrations that a restore would undo', () => {
  let pilotlight: Pilotlight
  let browser: Console
  let project: ProjectDetails
  let application: string

  before(async () => {
    application = await mkdtemp(join(tmpdir(), 'pilotlight-django-'))
    await mkdir(join(application, 'shop', 'migrations'), { recursive: true })
    await writeFile(join(application, 'settings.py'), settings)
    await writeFile(join(application, 'shop', '__init__.py'), '')
    await writeFile(join(application, 'shop', 'migrations', '__init__.py'), '')
    await addMigration('0001_product', null, 'create table product (id int primary key)')
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
    await pilotlight.settle(project.id)
    await migrate()
    await query(pilotlight, project, 'insert into product values (1), (2)')
    browser = await Console.open(pilotlight)
    await browser.signIn(pilotlight, 'shop')
  })
  after(async () => {
    await browser?.close()
    await pilotlight?.stop()
    await rm(application, { recursive: true, force: true })
  })

  const addMigration = (name: string, previous: string | null, operation: string) =>
    writeFile(join(application, 'shop', 'migrations', `${name}.py`), migration(previous, operation))

  async function migrate(): Promise<void> {
    const answer = await runProgram(python(), ['-m', 'django', 'migrate', '--settings=settings'], {
      cwd: application,
      env: {
        ...hostEnv,
        ...{ DATABASE_URL: hostUri(pilotlight, project), PYTHONPATH: application },
        PYTHONDONTWRITEBYTECODE: '1',
      },
    })
    assert.equal(answer.code, 0, `${answer.stdout}\n${answer.stderr}`)
  }

  const applied = () =>
    query(pilotlight, project, `select name from django_migrations where app = 'shop' order by id`)

  /** The next whole second, once it is past: the form has seconds. */
  async function wholeSecond(): Promise<number> {
    const at = (Math.floor(Date.now() / 1000) + 1) * 1000
    await eventually(() => Date.now() > at, { timeoutMs: 10_000, about: () => 'the second to be over' })
    return at
  }

  let beforeMs = 0

  test('they are named, newest first, before anything is done', async () => {
    const { page } = browser
    beforeMs = await wholeSecond()
    await addMigration('0002_price', '0001_product', 'alter table product add column price int')
    await addMigration('0003_drop', '0002_price', 'delete from product')
    await migrate()
    await page.goto(`/projects/${project.id}/branches?dialog=restore&branch=${project.branchId}`)
    const dialog = page.getByRole('dialog', { name: 'Restore main' })
    await dialog.getByLabel('Time', { exact: true }).fill(await localTime(beforeMs))
    // The compute is awake: nobody has to ask.
    const migrations = dialog.getByRole('region', { name: 'Migrations' })
    await migrations.getByText('These 2 Django migrations would be undone:').waitFor({ timeout: 60_000 })
    assert.deepEqual(await migrations.getByRole('listitem').allTextContents(), [
      'shop.0003_drop',
      'shop.0002_price',
    ])
    await browser.look('branch-restore-migrations')
    assert.deepEqual(
      (await applied()).map(({ name }) => name),
      ['0001_product', '0002_price', '0003_drop'],
    )
  })

  test('another moment is another question; one without them says so', async () => {
    const dialog = browser.page.getByRole('dialog', { name: 'Restore main' })
    const migrations = dialog.getByRole('region', { name: 'Migrations' })
    await dialog.getByLabel('Time', { exact: true }).fill(await localTime(await wholeSecond()))
    await migrations.getByText('No migration would be undone').waitFor({ timeout: 60_000 })
    assert.equal(await migrations.getByText(/^These/).count(), 0)
  })

  test('a compute that sleeps is woken only when somebody asks', async () => {
    const { page } = browser
    await pilotlight.api.suspendProjectEndpoint(project.id, project.endpointId)
    await pilotlight.settle(project.id)
    await page.reload()
    const dialog = page.getByRole('dialog', { name: 'Restore main' })
    await dialog.getByLabel('Time', { exact: true }).fill(await localTime(beforeMs))
    await dialog.getByText('Computes that sleep are woken for it').waitFor()
    const state = async () =>
      (await pilotlight.api.getProjectEndpoint(project.id, project.endpointId)).data.endpoint.current_state
    assert.equal(await state(), 'idle')
    await dialog.getByRole('button', { name: 'See which migrations would be undone' }).click()
    await dialog.getByText('These 2 Django migrations would be undone:').waitFor({ timeout: 60_000 })
    assert.equal(await state(), 'active')
  })

  test('the restore undoes them, and brings the rows back', async () => {
    const { page } = browser
    const dialog = page.getByRole('dialog', { name: 'Restore main' })
    assert.deepEqual(await query(pilotlight, project, 'select id from product'), [])
    await dialog.getByLabel('Keep the old state as').fill('migrated')
    await dialog.getByRole('button', { name: 'Restore' }).click()
    await page.getByText('main is restored').waitFor({ timeout: 60_000 })
    assert.deepEqual(await applied(), [{ name: '0001_product' }])
    assert.deepEqual(await query(pilotlight, project, 'select * from product order by id'), [
      { id: 1 },
      { id: 2 },
    ])
  })

  test('what comes with the data of another branch is named as well', async () => {
    const { page } = browser
    await page.goto(`/projects/${project.id}/branches?dialog=restore&branch=${project.branchId}`)
    const dialog = page.getByRole('dialog', { name: 'Restore main' })
    await dialog.getByLabel('To the data of').selectOption('migrated')
    const ask = dialog.getByRole('button', { name: 'See which migrations would be undone' })
    await ask.click()
    await dialog
      .getByText('These 2 Django migrations would come with that data:')
      .waitFor({ timeout: 60_000 })
    assert.deepEqual(browser.complaints, [])
  })

  /** As the browser's own field has it. */
  const localTime = (ms: number): Promise<string> =>
    browser.page.evaluate<string>(
      `new Date(${ms} - new Date(${ms}).getTimezoneOffset() * 60000).toISOString().slice(0, 19)`,
    )
})
