// npm run test:faults: the long form of the fault tests, alone on the machine, in under ten minutes.
import { globSync } from 'node:fs'
import { findProgram } from '../cluster/programs.ts'
import { runFiles } from './run-files.ts'

process.env.FAULTS = 'long'
findProgram('haproxy')
findProgram('faketime')
const { passed, failed } = await runFiles(globSync('test/faults/*.test.ts'), 1)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
