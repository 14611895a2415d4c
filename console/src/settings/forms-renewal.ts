import { createContext } from 'react'

/** Has the section's forms begin anew with what is set: once a change has been taken back. */
export const FormsRenewal = createContext<() => void>(() => {})
