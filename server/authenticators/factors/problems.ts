import { Problem } from '../../platform/problem.ts'

export const proofTooWeak = () =>
  new Problem(403, 'proof_too_weak', 'There was a second factor: the password alone sets up no new one.')
export const kindNotOffered = () => new Problem(403, 'kind_not_offered', 'The profile does not offer this kind of factor.')
