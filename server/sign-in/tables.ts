import type { Generated, JSONColumnType } from '../platform/tables.ts'

/** A proof as JSON has it. */
type KeptProof = { kind: 'password' | 'initial_password'; at: string; attempt?: string }

declare module '../platform/tables.ts' {
  interface Tables {
    signIn: {
      instanceId: Generated<string>
      id: Generated<string>
      tokenHash: Buffer
      accountId: string
      /** The name of the step that it waits for. */
      step: string
      /** What its person has shown. */
      proofs: JSONColumnType<KeptProof[]>
      /** The session that may be moved here. */
      otherSessionId: string | null
      /** The live session in which its person proves again who they are. */
      renewsSessionId: string | null
      credentialVersion: number
      returnTo: string
      createdAt: Generated<Date>
      expiresAt: Date
      usedAt: Date | null
    }
  }
}
