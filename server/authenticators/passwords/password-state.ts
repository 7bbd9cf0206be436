/**
 * How an account's password stands. One that is initial, or was given, or has expired, opens only the choice of another; an initial one
 * whose hours are over opens nothing.
 */
export type PasswordState = 'lasting' | 'expired' | 'initial' | 'expired_initial'

/** @param initialExpired null for a password that is neither initial nor given */
export function stateOf(initialExpired: boolean | null, expired: boolean): PasswordState {
  if (initialExpired !== null) return initialExpired ? 'expired_initial' : 'initial'
  return expired ? 'expired' : 'lasting'
}
