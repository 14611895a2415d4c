import { Link } from '@tanstack/react-router'
import { CodeFigure } from '../connect/code-figure.tsx'
import type { ConnectionWish } from '../connect/connect-search.ts'
import { dots } from '../connect/connection-details.ts'
import { Cell, Row, Table } from '../ui/table.tsx'
import type { GuideBlock, GuidePlace } from './guide.ts'
import { type RichPart, richParts } from './rich-text.ts'

/** How a guide is filled in. */
export interface Filling {
  projectId: string
  wish: ConnectionWish
  placeWith: (password: string) => GuidePlace
  /** The password, where it may be seen. */
  shown: string | undefined
  /** Fetches the password; it rejects where there is none to be had. */
  reveal: () => Promise<string>
}

export function Block({ block, filling }: { block: GuideBlock; filling: Filling }) {
  switch (block.kind) {
    case 'text':
      return (
        <p className="leading-relaxed">
          <Rich source={block.text} filling={filling} />
        </p>
      )
    case 'list':
      return (
        <ul className="list-disc space-y-1.5 pl-5 leading-relaxed">
          {block.items.map(item => (
            <li key={item}>
              <Rich source={item} filling={filling} />
            </li>
          ))}
        </ul>
      )
    case 'file':
      return <GuideFile block={block} filling={filling} />
    case 'table':
      return (
        <Table label={block.label} columns={block.columns}>
          {block.rows.map(row => (
            <Row key={row.join()}>
              {row.map((cell, column) => (
                <Cell key={block.columns[column]}>
                  <Rich source={cell} filling={filling} />
                </Cell>
              ))}
            </Row>
          ))}
        </Table>
      )
  }
}

/** Only what has the password in it asks for it, and only to copy. */
function GuideFile({ block, filling }: { block: GuideBlock & { kind: 'file' }; filling: Filling }) {
  const { placeWith, shown, reveal } = filling
  const masked = block.text(placeWith(dots))
  const isSecret = masked !== block.text(placeWith(''))
  return (
    <CodeFigure
      name={block.name}
      text={isSecret && shown !== undefined ? block.text(placeWith(shown)) : masked}
      copied={isSecret ? async () => block.text(placeWith(shown ?? (await reveal()))) : () => masked}
    />
  )
}

function Rich({ source, filling }: { source: string; filling: Filling }) {
  return richParts(source).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they never change their places
    <Part key={index} part={part} filling={filling} />
  ))
}

function Part({ part, filling }: { part: RichPart; filling: Filling }) {
  switch (part.kind) {
    case 'plain':
      return part.text
    case 'code':
      return <code className="break-words rounded bg-sunken px-1 font-mono text-[0.9em]">{part.text}</code>
    case 'guide':
      return (
        <Link
          to="/projects/$projectId/guides/$guide"
          params={{ projectId: filling.projectId, guide: part.guide }}
          search={filling.wish}
          {...(part.section !== undefined && { hash: part.section })}
          className="text-link underline"
        >
          {part.text}
        </Link>
      )
  }
}
