// What the console's pages know for themselves is what the server goes by.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf, scheduleOf } from '../../console/src/branch/schedule.ts'
import { hasText } from '../../console/src/operations/action-text.ts'
import { hasStepText } from '../../console/src/operations/step-text.ts'
import { isAddressEntry, lets } from '../../console/src/settings/address-list.ts'
import { quotaFields } from '../../console/src/settings/quotas.ts'
import { projectQuota } from '../../src/contract/shapes/project-settings.ts'
import { backupSchedule } from '../../src/contract/shapes/snapshots.ts'
import { definitions } from '../../src/control/operations/index.ts'
import { isAllowed, isAllowListEntry } from '../../src/lib/allow-list.ts'

const entries = [
  ...['203.0.113.7', '203.0.113.0/24', '203.0.113.1-203.0.113.9', '0.0.0.0/0', '10.0.0.0/8', '127.0.0.1'],
  ...['::1', '2001:db8::/32', '2001:db8::1-2001:db8::ff', 'fe80::/10', '1:2:3:4:5:6:7:8'],
  ...['256.1.1.1', '1.2.3', '10.0.0.0/33', '10.0.0.9-10.0.0.1', '::1-10.0.0.1', 'example.com', '1::2::3'],
  ...['1:2:3:4:5:6:7:8:9', '::/129', '10.0.0.0/8/8', 'g::1'],
]

const addresses = [
  ...['203.0.113.7', '203.0.113.200', '203.0.114.1', '10.255.255.255', '127.0.0.1', '::ffff:10.1.2.3'],
  ...['::1', '::2', '2001:db8::80', '2001:db9::', 'fe80::abcd', '1:2:3:4:5:6:7:8'],
]

test('lists of addresses are read as the server reads them', () => {
  for (const entry of entries) {
    assert.equal(isAddressEntry(entry), isAllowListEntry(entry), entry)
    if (!isAllowListEntry(entry)) continue
    for (const address of addresses)
      assert.equal(lets([entry], address), isAllowed([entry], address), `${address} by ${entry}`)
  }
})

test('every quota has a field', () => {
  assert.deepEqual(quotaFields.map(({ name }) => name).sort(), Object.keys(projectQuota.shape).sort())
})

test('the API takes a schedule of all frequencies', () => {
  const schedule = scheduleOf(rowsOf([]).map(row => ({ ...row, isOn: true })))
  assert.deepEqual(backupSchedule.parse({ schedule }).schedule, schedule)
})

test('every operation that is carried out is told in words', () => {
  assert.deepEqual(
    [...definitions.keys()].filter(action => !hasText(action)),
    [],
  )
})

test('so is every step of one', () => {
  const names = [...definitions.values()].flatMap(({ steps }) => steps.map(({ name }) => name))
  assert.deepEqual(
    names.filter(name => !hasStepText(name)),
    [],
  )
})
