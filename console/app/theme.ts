import { createTheme, type MantineColorsTuple, MultiSelect, Select } from '@mantine/core'

// Around the accent of public/palette.css, from the lightest to the darkest.
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

// The dark ground of public/palette.css, from text to what lies deepest.
const dark: MantineColorsTuple = [
  '#e8edf3',
  '#c9d3de',
  '#a9b6c5',
  '#7f8d9d',
  '#3b4656',
  '#2b3440',
  '#1c222b',
  '#171c24',
  '#12161c',
  '#0d1015',
]

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 7,
  autoContrast: true,
  colors: { accent, dark },
  fontFamily: 'var(--font)',
  headings: { fontFamily: 'var(--font)' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // What opens belongs to the part of the page that opened it.
    Select: Select.extend({ defaultProps: { comboboxProps: { withinPortal: false } } }),
    MultiSelect: MultiSelect.extend({ defaultProps: { comboboxProps: { withinPortal: false } } }),
  },
})
