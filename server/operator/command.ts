// What a command is, and what commands share.
import type { Config } from '../config.ts'
import { findInstanceByName, type Instance } from '../instances/instances.ts'
import type { System } from '../system.ts'
import { instanceUnknown, OperatorError } from './problems.ts'

export type Command = {
  /** The words that call it, such as `instance create`. */
  words: string
  /** What follows the words, for the help. */
  usage: string
  means: string
  /** The names of the values that must be given, in order. */
  values: readonly string[]
  /** The names of the values that may follow those. */
  optionalValues?: readonly string[]
  /** The names of the options, each with a value, and what they mean. */
  options: Readonly<Record<string, string>>
  /** Those of the options that take no value; `run` gets "yes" for one that is given. */
  flags?: readonly string[]
  required?: readonly string[]
  run(context: Context, values: readonly string[], options: Readonly<Record<string, string | undefined>>): Promise<Result>
}

/** A command that needs neither a database nor settings. */
export type CommandAlone = Omit<Command, 'run'> & {
  runAlone(values: readonly string[], options: Readonly<Record<string, string | undefined>>): Promise<Result>
}

export type Context = { system: System; config: Config }

/** What a command prints: `json` with --json, and otherwise `text`. `failed` is a result that is not good. */
export type Result = { json: object; text: string; failed?: boolean }

/**
 * The instance that the operator named.
 * @throws OperatorError when there is none
 */
export async function instanceNamed({ database }: Pick<System, 'database'>, name: string): Promise<Instance> {
  const instance = await database.asOperator(undefined, (tx) => findInstanceByName(tx, name))
  if (instance === undefined) throw instanceUnknown(name)
  return instance
}

/**
 * A whole number within its limits.
 * @throws OperatorError that says what it is for
 */
export function wholeNumber(what: string, text: string, least: number, most: number): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= least && number <= most))
    throw new OperatorError(`${what} must be a whole number from ${least} to ${most}, but is "${text}".`)
  return number
}

export const seatNumber = (text: string) => wholeNumber('The number of seats', text, 1, 9_999_999)
