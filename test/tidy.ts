import assert from 'node:assert/strict'
import { tidySteps } from '../server/app.ts'
import { tidy } from '../server/platform/tidying.ts'
import type { TestSystem } from './nodes.ts'

/** Tidies as nodes do once an hour, and every step has to succeed. */
export async function tidyAll({ database, keys, main }: TestSystem): Promise<void> {
  await tidy(database, [main], tidySteps(keys), (error, step) => assert.fail(`${step}: ${error}`))
}
