// A secret that was just made waits here, in this tab's memory and nowhere else, until the screen that shows it is left.

let kept: { moduleId: string; secret: string } | undefined

export function keepSecret(moduleId: string, secret: string | null): void {
  kept = secret === null ? undefined : { moduleId, secret }
}

export function keptSecret(moduleId: string): string | undefined {
  return kept?.moduleId === moduleId ? kept.secret : undefined
}

export function forgetSecret(): void {
  kept = undefined
}
