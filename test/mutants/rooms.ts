import { accounts } from './accounts.ts'
import { administration } from './administration.ts'
import { audit } from './audit.ts'
import { credentials } from './credentials.ts'
import { imports } from './imports.ts'
import { instances } from './instances.ts'
import { logouts, modules } from './modules.ts'
import type { Mutant, Room } from './mutant.ts'
import { operator } from './operator.ts'
import { outward } from './outward.ts'
import { passwords } from './passwords.ts'
import { platform } from './platform.ts'
import { recovery } from './recovery.ts'
import { rules } from './rules.ts'
import { sessions } from './sessions.ts'
import { sheets } from './sheets.ts'
import { signIn } from './sign-in.ts'

/** Every room with its mutants, by name. */
export const rooms: Record<string, Room> = {
  accounts,
  administration,
  audit,
  credentials,
  imports,
  instances,
  logouts,
  modules,
  operator,
  outward,
  passwords,
  platform,
  recovery,
  rules,
  sessions,
  sheets,
  'sign-in': signIn,
}

export type Case = Mutant & { room: string; tests: readonly string[] }

/** The mutants of all rooms, or of one, each with the tests that are to notice it. */
export function cases(only?: string): Case[] {
  return Object.entries(rooms)
    .filter(([room]) => only === undefined || room === only)
    .flatMap(([room, { tests, mutants }]) => mutants.map((mutant) => ({ tests, ...mutant, room })))
}
