import { createTheme, type MantineColorsTuple } from '@mantine/core'

// Around the accent of public/palette.css, from the lightest to the darkest; 4 stands on dark ground, 7 on light.
const accent: MantineColorsTuple = [
  '#eaf4fb',
  '#d3e6f4',
  '#a5d5f5',
  '#92caf0',
  '#7cc0ee',
  '#4f9ccb',
  '#2f7cae',
  '#1f5f8b',
  '#174a6d',
  '#103650',
]

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { accent },
  fontFamily: 'var(--font)',
  headings: { fontFamily: 'var(--font)' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
})
