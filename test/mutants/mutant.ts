// Mutants: small changes that each break one promise, as data. `npm run mutants` makes them one at a time and runs the tests of their room.

/** One change. A mutant that survives says that nothing would notice if somebody made it. */
export type Mutant = {
  /** The promise that it breaks, as a sentence. */
  breaks: string
  file: string
  /** What stands there exactly once; `npm test` looks. */
  find: string
  replace: string
  /** Of its room, where others than the room's. */
  tests?: readonly string[]
  /** A part of the names of the tests that are run, where a file has many and they take long: a pattern. */
  named?: string
}

/** A room, the tests that guard its promises, and the changes to be noticed. */
export type Room = { tests: readonly string[]; mutants: readonly Mutant[] }
