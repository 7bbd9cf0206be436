// Slips wait here, in this tab's memory and nowhere else, until the screen that prints them is left.
import type { Answer } from '../app/api.ts'

/** An initial password, a code sheet, or both, on their way to one person. */
export type Slip = Pick<MadeSlip, 'accountId' | 'username' | 'fullName' | 'language' | 'timeZone' | 'codes'> &
  Partial<Pick<MadeSlip, 'initialPassword' | 'expiresAt'>>
type MadeSlip = Answer<'POST /api/accounts/slips'>['slips'][number]

let kept: readonly Slip[] = []

export function keepSlips(slips: readonly Slip[]): void {
  kept = slips
}

export function keptSlips(): readonly Slip[] {
  return kept
}
