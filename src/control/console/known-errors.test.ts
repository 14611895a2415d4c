import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorTable, errorText } from '../../contract/errors.ts'
import { errorCodeOf, remedyOf } from './known-errors.ts'

test('what the proxy says is found in the table, with its values', () => {
  const message = errorText('address_not_allowed', { address: '127.0.0.1' })
  assert.equal(errorCodeOf({ code: '28000', message }), 'address_not_allowed')
  assert.equal(
    errorCodeOf({ code: '28000', message: errorTable.endpoint_disabled.message }),
    'endpoint_disabled',
  )
  const wrong = errorText('password_wrong', { role: 'app (x)' })
  assert.equal(errorCodeOf({ code: '28P01', message: wrong }), 'password_wrong')
  assert.equal(errorCodeOf({ code: '42501', message: wrong }), undefined)
})

test('what Postgres says has its own hint, or ours', () => {
  const missing = { code: '3D000', message: 'database "x" does not exist', hint: undefined }
  assert.equal(errorCodeOf(missing), undefined)
  assert.equal(remedyOf(missing), errorTable.database_not_found.remedy)
  assert.equal(remedyOf({ ...missing, hint: 'Do this.' }), 'Do this.')
  assert.match(remedyOf({ ...missing, code: 'XX000' }), /SQLSTATE/)
})
