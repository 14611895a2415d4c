import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { SettingsDialog, SettingsSearch, SettingsSection } from './settings-search.ts'

const from = '/shell/projects/$projectId/settings'

/** Where in which project's settings we are, and the way to their dialogs. */
export function useSettingsPlace() {
  const { projectId } = useParams({ from })
  const { section, dialog, key } = useSearch({ from })
  const navigate = useNavigate()
  const go = (search: SettingsSearch) =>
    void navigate({
      to: '/projects/$projectId/settings',
      params: { projectId },
      search: { ...(section && { section }), ...search },
    })
  return {
    projectId,
    section: section ?? ('general' satisfies SettingsSection),
    dialog,
    key,
    show: (wanted: SettingsDialog, about?: number) =>
      go({ dialog: wanted, ...(about !== undefined && { key: about }) }),
    close: () => go({}),
  }
}
