import fs from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

/** Imported by the entry: what the frame and the first screen are made of. */
const FIRST = 'virtual:mantine-styles.css'
/** Imported by every other screen, without its saying so. */
const REST = 'virtual:mantine-styles-rest.css'
const FIRST_FOLDERS = ['app', 'shared', 'screens/patients'] as const
/** What every component stands on. */
const BASE = ['global', 'baseline', 'default-css-variables', 'VisuallyHidden', 'UnstyledButton', 'Paper', 'Popover'] as const

/**
 * The styles of those Mantine components that our pages use, and of what these are made of, in Mantine's own order; those that the first screen does not need
 * come with the screens that do. All of them would be 35 kB gzipped before the first page; a list by hand would be forgotten.
 */
export function mantineStyles(src: string, mantine: string): Plugin {
  const fileOf = (name: string): string => path.join(src, name.replace('virtual:', '.'))
  return {
    name: 'mantine-styles',
    enforce: 'pre',
    resolveId: (id) => (id === FIRST || id === REST ? fileOf(id) : undefined),
    load: (id) => {
      if (id !== fileOf(FIRST) && id !== fileOf(REST)) return undefined
      const lazy = LAZY.map((name) => path.join(src, name))
      const first = new Set([
        ...BASE,
        ...closure(
          used(
            FIRST_FOLDERS.map((folder) => path.join(src, folder)),
            lazy,
          ),
          mantine,
        ),
      ])
      if (id === fileOf(FIRST)) return sheets([...first], mantine)
      return sheets(
        closure(used([src], []), mantine).filter((name) => !first.has(name)),
        mantine,
      )
    },
    transform: (code, id) => {
      const name = path.relative(src, id.split('?')[0]!)
      const isLater = /^screens[\\/][^\\/]+[\\/][\w-]*screen\.tsx$/.test(name) && !name.includes('patients')
      return isLater || LAZY.includes(name) ? { code: `import '${REST}'\n${code}`, map: null } : undefined
    },
  }
}

/** Parts of the first folders that are loaded later. */
const LAZY: readonly string[] = [
  'app/top-menus.tsx',
  'app/door.tsx',
  'app/patient-frame.tsx',
  'app/notices.tsx',
  'screens/patients/change-drawer.tsx',
  'screens/network/wall.tsx',
]

/** These sheets in the order in which Mantine has them, without the colours that we never name. */
function sheets(names: readonly string[], mantine: string): string {
  const whole = fs.readFileSync(path.join(mantine, 'styles.css'), 'utf8')
  return [...new Set(names)]
    .map((name) => path.join(mantine, 'styles', `${name}.css`))
    .filter((file) => fs.existsSync(file))
    .map((file) => fs.readFileSync(file, 'utf8'))
    .map((css) => ({ css, at: placeIn(whole, css) }))
    .sort((a, b) => a.at - b.at)
    .map(({ css }) => css.replace(/--mantine-color-(?:blue|cyan|grape|indigo|lime|orange|pink|teal|violet|yellow)-[\w-]+:[^;]+;\s*/g, ''))
    .join('\n')
}

/** Where the styles of a component stand: by their first selector, since the rest of a rule is written otherwise in the whole. What is not found stands last. */
function placeIn(whole: string, css: string): number {
  const at = whole.indexOf(css.trim().slice(0, css.trim().indexOf('{') + 1))
  return at < 0 ? whole.length : at
}

/** Names that our sources take from Mantine. */
function used(folders: readonly string[], without: readonly string[]): readonly string[] {
  const names = new Set<string>()
  const files = folders.flatMap((folder) =>
    fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  )
  for (const file of files) {
    if (!/\.tsx?$/.test(file) || without.includes(file)) continue
    for (const [, list] of fs.readFileSync(file, 'utf8').matchAll(/import\s+\{([^}]*)\}\s+from\s+'@mantine\/core'/g))
      for (const one of list!.split(','))
        names.add(
          one
            .trim()
            .replace(/^type\s+/, '')
            .split(/\s+as\s+/)[0]!,
        )
  }
  return [...names].filter((name) => name !== '')
}

/** These components and all that they import from their siblings. */
function closure(names: readonly string[], mantine: string): readonly string[] {
  const components = path.join(mantine, 'esm/components')
  const found = new Set<string>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const folder = [path.join(components, name), path.join(mantine, 'esm/utils', name)].find((one) => fs.existsSync(one))
    if (found.has(name) || folder === undefined) continue
    found.add(name)
    for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.mjs')) continue
      const text = fs.readFileSync(path.join(folder, file), 'utf8')
      for (const [, other] of text.matchAll(/from "(?:\.\.\/)+(?:utils\/)?(\w+)\//g)) if (/^[A-Z]/.test(other!)) waiting.push(other!)
    }
  }
  return [...found]
}
