import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { mantineStyles } from './mantine-styles.ts'

/** Compressed beside each file, once, so that the server never compresses while somebody waits. After everything else has written: what is sent is what runs. */
const precompressed: Plugin = {
  name: 'precompressed',
  apply: 'build',
  writeBundle({ dir }) {
    for (const name of fs.readdirSync(dir!, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|css|svg|json)$/.test(name)) continue
      const file = path.join(dir!, name)
      const bytes = fs.readFileSync(file)
      fs.writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      fs.writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
    }
  },
}

const SRC = path.join(import.meta.dirname, 'src')
const MANTINE = path.dirname(createRequire(import.meta.url).resolve('@mantine/core/styles.css'))

export default defineConfig({
  root: import.meta.dirname,
  base: '/app/',
  plugins: [react(), mantineStyles(SRC, MANTINE), precompressed],
  build: {
    outDir: '../../build/web',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // what every page needs, in one file: it compresses better than in twenty
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|@tanstack\/(react-router|router-core|history|store|react-store|query-core|react-query))\/|@mantine\/core\/esm\/core\/|@mantine\/core\/esm\/components\/(ActionIcon|Alert|Button|CloseButton|Group|Input|InputBase|Loader|NativeSelect|Skeleton|Stack|Text|TextInput|Title|Transition|UnstyledButton)\//,
            },
            {
              name: 'frame',
              test: /packages\/web\/src\/(main|app\/(app|router|shell|lock|leave|signed-in-only)|shared\/(api|session|me|words|changes|facts|parts\/(page|waiting|fault|badges|when|empty|truth|keys)|format\/dates)|screens\/patients\/(?!change-drawer))/,
            },
          ],
        },
      },
    },
  },
})
