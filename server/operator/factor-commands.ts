// What the operator does for an account whose second factor is lost, where no supervisor can: the last Administrator's, above all.
import { readFile } from 'node:fs/promises'
import { newCodeSheet, readTokens } from '../authenticators/factors/factors.ts'
import { giveCodeSheet, giveToken, resetFactors } from '../credentials/credentials.ts'
import { findAccountByKey, usernameKey } from '../directory/accounts/accounts.ts'
import { type Command, instanceNamed } from './command.ts'
import { accountUnknown, OperatorError } from './problems.ts'

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

const addTokensCommand: Command = {
  words: 'account add-tokens',
  usage: 'FILE --instance NAME',
  means:
    'Gives accounts the hardware tokens of a file: lines of username, serial, secret (hexadecimal or base 32), type (TOTP), digits, step. ' +
    'All lines or none; tokens that are there already stay as they are. The file holds secrets: destroy it afterwards.',
  values: ['FILE'],
  options: instanceOption,
  required: ['instance'],
  async run({ system }, [file], { instance: name }) {
    const instance = await instanceNamed(system, name!)
    const { tokens, faults } = readTokens(await readTokenFile(file!))
    const wrong = faults.map(({ line, fault }) => `line ${line}: ${fault}`)
    const { added, kept } = await system.database.asOperator(instance, async (tx) => {
      const counts = { added: 0, kept: 0 }
      for (const { line, username, ...token } of tokens) {
        const account = await findAccountByKey(tx, usernameKey(username) ?? '')
        if (account === undefined) wrong.push(`line ${line}: username`)
        else if (await giveToken(tx, system, instance, account.id, token, { kind: 'operator' })) counts.added += 1
        else counts.kept += 1
      }
      if (wrong.length > 0) throw new OperatorError(`Nothing was added. What is wrong: ${wrong.join('; ')}.`)
      return counts
    })
    return { json: { instance: name, added, kept }, text: `${added} tokens are added, ${kept} were there.\n` }
  },
}

async function readTokenFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new OperatorError(`The file cannot be read: ${(error as Error).message}`)
  }
}

export const factorCommands: readonly Command[] = [resetFactorsCommand, codeSheetCommand, addTokensCommand]
