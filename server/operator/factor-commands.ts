// What the operator does for an account whose second factor is lost, where no supervisor can: the last Administrator's, above all.
import { newCodeSheet } from '../authenticators/factors/factors.ts'
import { giveCodeSheet, resetFactors } from '../credentials/credentials.ts'
import { findAccountByKey, usernameKey } from '../directory/accounts/accounts.ts'
import { type Command, instanceNamed } from './command.ts'
import { accountUnknown } from './problems.ts'

const instanceOption = { instance: 'The name of the instance.' }

const resetFactorsCommand: Command = {
  words: 'account reset-factors',
  usage: 'USERNAME --instance NAME',
  means:
    'Voids all second factors of an account and ends its session. Its person sets a new one up with an initial password: account new-password.',
  values: ['USERNAME'],
  options: instanceOption,
  required: ['instance'],
  async run({ system }, [username], { instance: name }) {
    const instance = await instanceNamed(system, name!)
    const { reset, named } = await system.database.asOperator(instance, async (tx) => {
      const account = await findAccountByKey(tx, usernameKey(username!) ?? '')
      if (account === undefined) throw accountUnknown(username!, instance.name)
      return { reset: await resetFactors(tx, account.id, { kind: 'operator' }, undefined), named: account.username }
    })
    const text = reset === 0 ? `${named} has no second factor.\n` : `The second factors of ${named} are void (${reset}).\n`
    return { json: { instance: name, username: named, reset }, text }
  },
}

const codeSheetCommand: Command = {
  words: 'account code-sheet',
  usage: 'USERNAME --instance NAME',
  means: 'Makes a new code sheet for an account, which voids the one before, and prints its codes.',
  values: ['USERNAME'],
  options: instanceOption,
  required: ['instance'],
  async run({ system }, [username], { instance: name }) {
    const instance = await instanceNamed(system, name!)
    const { codes, ...sheet } = await newCodeSheet(system.keys)
    const named = await system.database.asOperator(instance, async (tx) => {
      const account = await findAccountByKey(tx, usernameKey(username!) ?? '')
      if (account === undefined) throw accountUnknown(username!, instance.name)
      await giveCodeSheet(tx, sheet, account.id, { kind: 'operator' }, undefined)
      return account.username
    })
    const lines = codes.map((code, i) => `${String(i + 1).padStart(3)}  ${code}`)
    return {
      json: { instance: name, username: named, codes },
      text: `The codes of ${named}, by their numbers:\n${lines.join('\n')}\n`,
    }
  },
}

export const factorCommands: readonly Command[] = [resetFactorsCommand, codeSheetCommand]
