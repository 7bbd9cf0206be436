// Screens are loaded when they are opened; and all of them once the first one stands and the line is free, so that a network that goes
// away later, or a new version of the server, which has other files, takes no screen away.
import { lazyRouteComponent } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { ApiProblem } from './api.ts'
import { answers, connectionLost, untilBack } from './connection.ts'
import { loadDialog } from './dialog.tsx'

type Module = { default: ComponentType }

const screens: (() => Promise<Module>)[] = []

/**
 * A screen that is loaded when it is opened. While the network is away it waits, and goes on by itself.
 * @throws ApiProblem `new_version` when the server answers, but has the file no more
 */
export function lazyScreen(load: () => Promise<Module>) {
  const loadOrWait = async (): Promise<Module> => {
    for (;;)
      try {
        return await load()
      } catch (error) {
        if (await answers()) throw isMissing(error) ? new ApiProblem(0, { code: 'new_version' }) : error
        connectionLost()
        await untilBack()
      }
  }
  screens.push(load)
  return lazyRouteComponent(loadOrWait)
}

/** Whether a module could not be fetched, in the words of Chromium, Firefox and Safari. */
function isMissing(error: unknown): boolean {
  return error instanceof TypeError && /module|import/i.test(error.message)
}

/** In milliseconds after the first screen: it has the line to itself. */
const afterFirstScreen = 4000

/**
 * Loads what is not there yet, one after the other, unless somebody saves data.
 * @param isBusy whether the first screen still waits for something
 */
export function loadAllScreens(isBusy: () => boolean): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  if (connection?.saveData) return
  const loadLater = () =>
    setTimeout(async () => {
      if (isBusy() || document.readyState !== 'complete') return loadLater()
      for (const load of [loadDialog, ...screens]) await load().catch(() => {})
    }, afterFirstScreen)
  loadLater()
}
