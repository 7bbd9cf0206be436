import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes DATA_DIR and the folders that it stands in.
 * @throws Error that says what to do
 */
export function makeDataFolder(dataDir: string): void {
  try {
    makeFolders(dataDir)
  } catch (error) {
    throw new Error(
      `DATA_DIR ${dataDir} cannot be made: ${(error as Error).message}. Choose a folder that this user may write.`,
      { cause: error },
    )
  }
}

/**
 * One after the other. Node's own recursive mkdir tries for ever, and hears no signal, where a file system says that the folder in which
 * it should make one is not there, as /proc does.
 */
function makeFolders(path: string): void {
  const parent = dirname(path)
  if (parent !== path && !existsSync(parent)) makeFolders(parent)
  try {
    mkdirSync(path)
  } catch (error) {
    // It was there, or another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}
