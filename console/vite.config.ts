import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` finds a running Pilotlight. */
const server = process.env.PILOTLIGHT_API_URL ?? 'http://127.0.0.1:7070'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    // The page's policy allows no inline script, and browsers of today preload modules themselves.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The server tells files that never change by this folder.
    assetsDir: 'assets',
  },
  server: { proxy: { '/api': { target: server } } },
})
