// Slips wait here, in this tab's memory and nowhere else, until the screen that prints them is left.
import type { Answer } from '../app/api.ts'

export type Slip = Answer<'POST /api/accounts/slips'>['slips'][number]

let kept: readonly Slip[] = []

export function keepSlips(slips: readonly Slip[]): void {
  kept = slips
}

export function keptSlips(): readonly Slip[] {
  return kept
}
