// Sheets: reading and writing spreadsheets. Owns no table, and knows not what the rows mean.
export { type Cell, cutText, type SheetChoice, type SheetOrigin, type SheetRow, sheetLimits, textCell } from './cells.ts'
export { type Encoding, encodings } from './encodings.ts'
export { readSheet } from './read-sheet.ts'
export { fileTypes, writeCsv } from './write-sheet.ts'
export { writeXlsx } from './write-xlsx.ts'
