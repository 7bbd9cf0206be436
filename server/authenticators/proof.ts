// Proofs: what somebody has shown of who they are, as data. Each authenticator makes its kinds; a sign-in collects them.

/**
 * `password`: one that lasts, or one that was given to be changed. `initial_password`: one that Gatehouse made. `vouched`: a supervisor
 * has confirmed the person. The others are second factors.
 */
export type ProofKind = 'password' | 'initial_password' | 'totp' | 'code_sheet' | 'passkey' | 'vouched'

export type Proof = {
  kind: ProofKind
  /** When it was shown, by the database's clock where it is kept. */
  at: Date
  /** Under what the attempt that showed it was counted; no secret. */
  attempt?: string
  /** The factor that was proven to be held. */
  factorId?: string
  /** Whether a key has asked its person for a PIN or the like, so that it is worth two factors. */
  verified?: boolean
}

/** What each kind is called in the claim `amr`. Source: RFC 8176, 2; which has no word for a vouch. */
const methods: Record<ProofKind, string> = {
  password: 'pwd',
  initial_password: 'pwd',
  totp: 'otp',
  code_sheet: 'otp',
  passkey: 'pop',
  vouched: 'vouched',
}

const isKnown = ({ kind }: Proof) => kind === 'password' || kind === 'initial_password'

/** Whether two things were shown of which one alone is worth nothing: what one knows, and what one has. Source: RFC 8176, 2 (mfa). */
function isOfTwoFactors(proofs: readonly Proof[]): boolean {
  return proofs.some(({ verified }) => verified) || (proofs.some(isKnown) && !proofs.every(isKnown))
}

/** When last something of this was shown, and by which methods; what a session keeps of it. */
export function authenticationOf(proofs: readonly Proof[]): { at: Date; amr: string[] } {
  if (proofs.length === 0) throw new TypeError('nobody has shown anything')
  const last = Math.max(...proofs.map(({ at }) => at.getTime()))
  const amr = [...proofs.map(({ kind }) => methods[kind]), ...(isOfTwoFactors(proofs) ? ['mfa'] : [])]
  return { at: new Date(last), amr: [...new Set(amr)].sort() }
}
