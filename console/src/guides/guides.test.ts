import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { shellQuoted } from '../connect/snippets/snippet.ts'
import type { GuideBlock, GuidePlace } from './guide.ts'
import { findIn, type ReadGuide, textOf } from './guide-search.ts'
import { guides } from './guides.ts'
import { richParts } from './rich-text.ts'

const place: GuidePlace = {
  uri: 'postgresql://owner:npg_secret@ep-a.local.localhost:6543/shopdb?sslmode=require&channel_binding=require',
  uriWithOptions:
    'postgresql://owner:npg_secret@127.0.0.1:6543/shopdb?sslmode=require&channel_binding=require&options=endpoint%3Dep-a',
  ...{ host: 'ep-a.local.localhost', port: 6543, options: undefined },
  ...{ role: 'owner', password: 'npg_secret', database: 'shopdb' },
  ...{ projectId: 'calm-project-1', projectName: 'shop', branchName: 'main', endpointId: 'ep-a' },
  ...{ hostName: 'ep-a.local.localhost', hostSuffix: 'local.localhost', address: '127.0.0.1' },
  apiUrl: 'http://127.0.0.1:7070',
}
const byAddress: GuidePlace = {
  ...place,
  ...{ uri: place.uriWithOptions, host: '127.0.0.1', options: 'endpoint=ep-a' },
}

/** Those of which each guide has to have one that can be copied and connects. */
const connecting = guides.map(({ id }) => id).filter(id => !['neon-cli', 'terraform'].includes(id))

describe('guides', () => {
  const all: ReadGuide[] = []
  const blocksOf = ({ guide }: ReadGuide) => guide.sections.flatMap(({ blocks }) => blocks)
  before(async () => {
    for (const entry of guides) all.push({ entry, guide: (await entry.load()).guide })
  })

  test('ids and the places within are unique, and Django is first', () => {
    assert.equal(guides[0]!.id, 'django')
    assert.equal(new Set(guides.map(({ id }) => id)).size, guides.length)
    for (const { entry, guide } of all) {
      const ids = guide.sections.map(({ id }) => id)
      assert.equal(new Set(ids).size, ids.length, entry.id)
    }
  })

  test('links between them lead somewhere', () => {
    const places = new Set(
      all.flatMap(({ entry, guide }) => [entry.id, ...guide.sections.map(({ id }) => `${entry.id}#${id}`)]),
    )
    for (const one of all) {
      const links = blocksOf(one)
        .flatMap(sourcesOf)
        .flatMap(richParts)
        .filter(part => part.kind === 'guide')
      for (const { guide, section } of links)
        assert.ok(places.has(section ? `${guide}#${section}` : guide), `${one.entry.id}: ${guide}#${section}`)
    }
  })

  test('a guide to connect by is filled in with what the project has, by name and by address', () => {
    for (const one of all.filter(({ entry }) => connecting.includes(entry.id))) {
      const texts = (of: GuidePlace) =>
        blocksOf(one)
          .map(block => textOf(block, of))
          .join('\n')
      assert.match(texts(place), one.entry.id === 'sni' ? /endpoint=ep-a/ : /ep-a\.local\.localhost/)
      assert.match(texts(byAddress), /endpoint(=|%3D)ep-a/, one.entry.id)
      assert.doesNotMatch(texts(place) + texts(byAddress), /\bundefined\b|\[object/, one.entry.id)
    }
  })

  test('a branch of any name is one word of a command, and one value of a file', () => {
    const branchName = `it's $(try); %{x} "y"`
    const found: string[] = []
    for (const one of all) {
      for (const block of blocksOf(one)) {
        if (block.kind !== 'file') continue
        const content = block.text({ ...place, branchName })
        if (!content.includes('$(try)')) continue
        found.push(`${one.entry.id} ${block.name}`)
        if (block.name === 'Terminal')
          assert.ok(!content.replaceAll(shellQuoted(branchName), '').includes('$(try)'), content)
        else if (block.name.endsWith('.yml')) assert.ok(content.includes(`: ${JSON.stringify(branchName)}`))
        else assert.ok(content.includes(String.raw`"preview-of-it's $(try); %%{x} \"y\""`), content)
      }
    }
    assert.deepEqual([...new Set(found)].sort(), [
      'django .github/workflows/tests.yml',
      'django Terminal',
      'neon-cli Terminal',
      'psql Terminal',
      'terraform main.tf',
    ])
  })

  test('an error message leads to what helps', () => {
    const first = (search: string) => {
      const [found] = findIn(all, search)
      return found && `${found.entry.id}#${found.section?.id ?? ''}`
    }
    assert.equal(first('django'), 'django#')
    assert.equal(first('conn_max_age'), 'django#')
    assert.equal(first('Conn_Health_Checks   expired'), undefined)
    assert.equal(first('shadow database'), 'prisma#')
    assert.equal(first('SSL SYSCALL error'), 'django#errors')
    assert.equal(first('terraform init'), 'terraform#address')
    assert.deepEqual(findIn(all, '  '), [])
  })
})

test('the markup of texts', () => {
  assert.deepEqual(richParts('a `b [c](guide:x)` and [d e](guide:f#g).'), [
    { kind: 'plain', text: 'a ' },
    { kind: 'code', text: 'b [c](guide:x)' },
    { kind: 'plain', text: ' and ' },
    { kind: 'guide', text: 'd e', guide: 'f', section: 'g' },
    { kind: 'plain', text: '.' },
  ])
  assert.deepEqual(richParts(''), [])
})

function sourcesOf(block: GuideBlock): string[] {
  switch (block.kind) {
    case 'text':
      return [block.text]
    case 'list':
      return block.items
    case 'table':
      return block.rows.flat()
    case 'file':
      return []
  }
}
