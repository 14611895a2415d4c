import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitDiff } from './split-diff.ts'

const diff = `--- a/shop
+++ b/shop
@@ -1,4 +1,5 @@
 CREATE TABLE public.users (
-    email text NOT NULL
+    email text NOT NULL,
+    born date
 );
\\ No newline at end of file
`

test('what was stands beside what is', () => {
  assert.deepEqual(splitDiff(diff), [
    { left: '@@ -1,4 +1,5 @@', right: '@@ -1,4 +1,5 @@', kind: 'hunk' },
    { left: 'CREATE TABLE public.users (', right: 'CREATE TABLE public.users (', kind: 'same' },
    { left: '    email text NOT NULL', right: '    email text NOT NULL,', kind: 'changed' },
    { left: undefined, right: '    born date', kind: 'changed' },
    { left: ');', right: ');', kind: 'same' },
  ])
})

test('lines of SQL that begin like a diff are lines', () => {
  assert.deepEqual(splitDiff('--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n--- old remark\n+++ 1'), [
    { left: '@@ -1,1 +1,1 @@', right: '@@ -1,1 +1,1 @@', kind: 'hunk' },
    { left: '-- old remark', right: '++ 1', kind: 'changed' },
  ])
})

test('no difference is no row', () => {
  assert.deepEqual(splitDiff(''), [])
})
