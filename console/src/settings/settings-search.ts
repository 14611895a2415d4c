// What the address of the settings keeps: the section, and the dialog that is open, with the key that it is about.

export const settingsSections = [
  ['general', 'General'],
  ['computes', 'Computes'],
  ['postgres', 'Postgres'],
  ['history', 'History & storage'],
  ['network', 'IP allow'],
  ['replication', 'Replication'],
  ['quotas', 'Quotas'],
  ['keys', 'API keys'],
  ['danger', 'Danger zone'],
] as const

export type SettingsSection = (typeof settingsSections)[number][0]

const dialogs = ['shorten-history', 'enable-replication', 'add-key', 'revoke-key', 'delete-project'] as const

export type SettingsDialog = (typeof dialogs)[number]

export interface SettingsSearch {
  section?: SettingsSection
  dialog?: SettingsDialog
  key?: number
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function settingsSearch(search: Record<string, unknown>): SettingsSearch {
  const section = settingsSections.find(([id]) => id === search.section)?.[0]
  const dialog = dialogs.find(one => one === search.dialog)
  return {
    ...(section && section !== 'general' && { section }),
    ...(dialog && { dialog }),
    ...(dialog && typeof search.key === 'number' && { key: search.key }),
  }
}
