// npm run bench: what a login and a session check cost, against what they must cost at least, and against Better Auth.
// All on this machine: server, PostgreSQL and load share its processors.
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openEmbeddedPostgres } from '../server/platform/embedded-postgres.ts'
import { startBetterAuth } from './better-auth.ts'
import { measureFlood } from './flood.ts'
import { startGatehouse } from './gatehouse.ts'
import { describeMachine } from './machine.ts'
import { measureRaw } from './raw.ts'

// (filled in below)
