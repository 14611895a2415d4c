import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { bytesText } from '../lib/bytes.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Label } from '../ui/label.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { tableDefinition } from './table-definition.ts'
import type { TableColumn, TableDetails, TableName } from './table-details.ts'
import { useTablesPlace } from './use-tables-place.ts'

export function StructureTab({ table }: { table: TableDetails }) {
  const definition = tableDefinition(table)
  const isKey = new Set(table.keys.find(({ isPrimary }) => isPrimary)?.columns)
  return (
    <div className="space-y-6">
      <Section title="Columns">
        <Table label="Columns" columns={['Column', 'Type', 'Default', 'Leads to']}>
          {table.columns.map(column => (
            <Row key={column.name}>
              <Cell>
                <span className="font-medium">{column.name}</span>{' '}
                {isKey.has(column.name) && <Label text="key" />}
                {column.comment !== null && <div className="text-ink-soft text-xs">{column.comment}</div>}
              </Cell>
              <Cell>
                <code>{column.type}</code>
                {!column.isNullable && <span className="text-ink-soft text-xs"> not null</span>}
                {column.enumLabels !== null && (
                  <div className="text-ink-soft text-xs">{column.enumLabels.join(', ')}</div>
                )}
              </Cell>
              <Cell>
                <code className="break-words">{defaultText(column)}</code>
              </Cell>
              <Cell>
                {table.foreignKeys
                  .filter(({ columns }) => columns.includes(column.name))
                  .map(({ name, other, columns, otherColumns }) => (
                    <div key={name}>
                      <TableLink name={other} /> ({otherColumns[columns.indexOf(column.name)]})
                    </div>
                  ))}
              </Cell>
            </Row>
          ))}
        </Table>
      </Section>
      {table.indexes.length > 0 && (
        <Section title="Indexes">
          <Table label="Indexes" columns={['Index', 'Definition', 'Size']}>
            {table.indexes.map(index => (
              <Row key={index.name}>
                <Cell>
                  <span className="font-medium">{index.name}</span>{' '}
                  {index.isPrimary && <Label text="primary" />}
                  {index.isUnique && !index.isPrimary && <Label text="unique" />}
                  {!index.isValid && <Label text="invalid" />}
                </Cell>
                <Cell>
                  <code className="break-words">{index.definition}</code>
                </Cell>
                <Cell>{bytesText(index.bytes)}</Cell>
              </Row>
            ))}
          </Table>
        </Section>
      )}
      {table.constraints.length > 0 && (
        <Section title="Constraints">
          <Definitions label="Constraints" first="Constraint" rows={table.constraints} />
        </Section>
      )}
      {table.referencedBy.length > 0 && (
        <Section title="Referenced by">
          <ul className="space-y-1 text-sm">
            {table.referencedBy.map(({ name, other, columns, otherColumns }) => (
              <li key={`${other.schema}.${other.name}.${name}`}>
                <TableLink name={other} /> ({otherColumns.join(', ')}) → {columns.join(', ')}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {table.triggers.length > 0 && (
        <Section title="Triggers">
          <Definitions
            label="Triggers"
            first="Trigger"
            rows={table.triggers.map(trigger =>
              trigger.isEnabled ? trigger : { ...trigger, name: `${trigger.name} (disabled)` },
            )}
          />
        </Section>
      )}
      <Section title="As SQL">
        <p className="text-ink-soft text-sm">
          To read and to copy. Owners, grants and storage settings are not in it: pg_dump has all.
        </p>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within the keyboard's reach
          tabIndex={0}
          className="max-h-96 overflow-auto rounded-md bg-sunken p-3 text-sm"
        >
          {definition}
        </pre>
        <CopyButton text={() => definition} label="Copy SQL" />
      </Section>
    </div>
  )
}

function defaultText(column: TableColumn): string {
  if (column.generated !== '') return `generated: ${column.defaultSql}`
  if (column.identity !== '') return column.identity === 'a' ? 'identity, always' : 'identity'
  return column.defaultSql ?? ''
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-2" aria-label={title}>
      <h3 className="font-medium">{title}</h3>
      {children}
    </section>
  )
}

interface DefinitionsProps {
  label: string
  first: string
  rows: readonly { name: string; definition: string }[]
}

function Definitions({ label, first, rows }: DefinitionsProps) {
  return (
    <Table label={label} columns={[first, 'Definition']}>
      {rows.map(({ name, definition }) => (
        <Row key={name}>
          <Cell>{name}</Cell>
          <Cell>
            <code className="break-words">{definition}</code>
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

function TableLink({ name }: { name: TableName }) {
  const { projectId, kept } = useTablesPlace()
  return (
    <Link
      to="/projects/$projectId/tables"
      params={{ projectId }}
      search={{ ...kept, schema: name.schema, table: name.name, tab: 'structure' }}
      className="text-link underline"
    >
      {name.schema === 'public' ? name.name : `${name.schema}.${name.name}`}
    </Link>
  )
}
