// Builds the console into console/dist: one script to start with, and one for each screen, which is loaded when it is opened.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const dist = join(import.meta.dirname, 'dist')

/** The texts that console/app/texts.ts loads together. */
const sharedTexts =
  /locales.(\w+).(?!api|audit|desk|factors|imports|live|mail|messages|modules|palette|passwords|person|recovery|rules|second-factor|sign-in|start)[\w-]+\.json$/

/**
 * What three screens have in common, but for what no first screen needs: the parts of forms and dialogs, which come as files of their own;
 * and what only the screens of imports, or of modules, know, each of which holds it.
 */
const shared =
  /^(?!.*(sheet-columns|console.modules|contracts.module|number-format|autosize|@mantine.form|core.esm.components.(Radio|MultiSelect|Pill|PillsInput|Switch|Fieldset|SimpleGrid|Textarea|Modal|ModalBase|NumberInput|Stepper|PasswordInput)\b|react-remove-scroll|use-sidecar|react-style-singleton|users.selection-bar))/

/** Compresses each file once, here, so that no request has to. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    closeBundle() {
      for (const path of globSync(join(dist, '**/*.{js,css}')))
        writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/assets/console/',
  publicDir: false,
  plugins: [react(), compressed()],
  build: {
    outDir: dist,
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsDir: '',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: join(import.meta.dirname, 'main.tsx'),
      // What three screens have in common is one file: forty small ones would each bring their headers.
      output: {
        codeSplitting: {
          groups: [
            // What every screen says in a language; what only some say is a file of its own.
            { debugName: 'texts', test: sharedTexts, name: (id) => `texts-${sharedTexts.exec(id)?.[1]}`, priority: 1 },
            { name: 'shared', test: shared, minShareCount: 3 },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 1000,
  },
})
