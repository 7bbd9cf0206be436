// Proofs: what somebody has shown of who they are, as data. Each authenticator makes its kinds; a sign-in collects them.

/** `password`: one that lasts, or one that was given to be changed. `initial_password`: one that Gatehouse made. */
export type ProofKind = 'password' | 'initial_password'

export type Proof = {
  kind: ProofKind
  /** When it was shown, by the database's clock where it is kept. */
  at: Date
  /** Under what the attempt that showed it was counted; no secret. */
  attempt?: string
}

/** What each kind is called in the claim `amr`. Source: RFC 8176, 2. */
const methods: Record<ProofKind, string> = { password: 'pwd', initial_password: 'pwd' }

/** When last something of this was shown, and by which methods; what a session keeps of it. */
export function authenticationOf(proofs: readonly Proof[]): { at: Date; amr: string[] } {
  if (proofs.length === 0) throw new TypeError('nobody has shown anything')
  const last = Math.max(...proofs.map(({ at }) => at.getTime()))
  return { at: new Date(last), amr: [...new Set(proofs.map(({ kind }) => methods[kind]))].sort() }
}
