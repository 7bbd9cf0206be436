// Writes the documents that are made from the code. `npm run docs` writes them; a test says when that was forgotten.
import { writeFileSync } from 'node:fs'
import { generatedDocuments } from './generated-documents.ts'

for (const [path, text] of Object.entries(await generatedDocuments())) {
  writeFileSync(path, text)
  console.log(`wrote ${path}`)
}
