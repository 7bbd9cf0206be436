import type { ProofKind } from '../authenticators/proof.ts'
import type { Default, Generated, JSONColumnType } from '../platform/tables.ts'

/** A proof as JSON has it. */
type KeptProof = { kind: ProofKind; at: string; attempt?: string; factorId?: string; verified?: boolean }

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
      /** How often something wrong was typed at a step. */
      tries: Default<number>
      /** Whether the enrolment of a second factor was put off on the way. */
      postponed: Default<boolean>
      returnTo: string
      createdAt: Generated<Date>
      expiresAt: Date
      usedAt: Date | null
    }
  }
}
