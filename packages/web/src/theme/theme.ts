import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** Petrol: the one colour of action. Every shade that carries text keeps 4.5:1 on the paper it stands on. */
const petrol: MantineColorsTuple = [
  '#e9f4f5',
  '#d3e7ea',
  '#a6cfd5',
  '#76b5be',
  '#4d9ca8',
  '#2d8491',
  '#176d7b',
  '#0d5865',
  '#0d4f5c',
  '#093b45',
]
/** Amber: urgent, and what waits. */
const amber: MantineColorsTuple = [
  '#fff6e6',
  '#fdebca',
  '#f9d597',
  '#f4bd5f',
  '#eba52f',
  '#cf8609',
  '#a66800',
  '#8a5600',
  '#6f4500',
  '#533300',
]
/** Red stands for an emergency and for nothing else. */
const signal: MantineColorsTuple = [
  '#fdeeec',
  '#f9d8d3',
  '#f0aca3',
  '#e77f72',
  '#dd5847',
  '#cc3a28',
  '#b02a1a',
  '#962012',
  '#7a190d',
  '#5b1108',
]
/** Warm greys: paper and ink. */
const ink: MantineColorsTuple = [
  '#f8f6f2',
  '#efece5',
  '#dfdad0',
  '#c6bfb2',
  '#a39b8d',
  '#7f786b',
  '#625c51',
  '#4c473e',
  '#35312a',
  '#211e19',
]
const dark: MantineColorsTuple = [
  '#e6e8e8',
  '#c3c9ca',
  '#a3acae',
  '#7f8b8e',
  '#56646a',
  '#37454b',
  '#263238',
  '#1a242a',
  '#141c21',
  '#0e1418',
]
const leaf: MantineColorsTuple = [
  '#edf6ee',
  '#d9ecdc',
  '#b0d7b6',
  '#84c08e',
  '#5eab6b',
  '#3f9350',
  '#2b793c',
  '#206431',
  '#174f25',
  '#0e3918',
]

const FONT = "'Atkinson Hyperlegible Next Variable', system-ui, sans-serif"

const DIALOG = { title: { fontSize: '1.125rem', fontWeight: 650, lineHeight: 1.3 } }

export const theme = createTheme({
  primaryColor: 'petrol',
  // Mantine takes the words of a filled button from the light shade, white; a lighter shade in the dark would not carry them
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, amber, signal, ink, dark, leaf },
  autoContrast: true,
  // at this luminance black and white stand out equally: either side of it one of them keeps 4.5:1
  luminanceThreshold: 0.18,
  fontFamily: FONT,
  headings: {
    fontFamily: FONT,
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.25' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px' },
  cursorType: 'pointer',
  components: { Modal: { styles: DIALOG }, Drawer: { styles: DIALOG } },
  respectReducedMotion: true,
  focusRing: 'auto',
})
