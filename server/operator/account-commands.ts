// What the operator mends of an account that cannot log in: each thing that can keep it out.
import type { AccountFields } from '../../contracts/account-fields.ts'
import { record } from '../audit/audit.ts'
import { unlockAttempts } from '../authenticators/passwords/passwords.ts'
import { changeAccounts } from '../credentials/credentials.ts'
import { findAccountByKey, lockAccount, usernameKey } from '../directory/accounts/accounts.ts'
import { findProfileId } from '../directory/profiles/profiles.ts'
import type { Transaction } from '../platform/database.ts'
import { type Command, instanceNamed } from './command.ts'
import { accountUnknown, OperatorError } from './problems.ts'

const instanceOption = { instance: 'The name of the instance.' }

async function accountNamed(tx: Transaction, username: string, instance: string): Promise<{ id: string; username: string }> {
  const account = await findAccountByKey(tx, usernameKey(username) ?? '')
  if (account === undefined) throw accountUnknown(username, instance)
  return account
}

/** A day, or `none` for that there is no such end. */
function dayOf(text: string, option: string): string | null {
  if (text === 'none') return null
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString()
  } catch {
    throw new OperatorError(`--${option} is a day, such as 2026-12-31, or none.`)
  }
}

const changeAccountCommand: Command = {
  words: 'account change',
  usage: 'USERNAME --instance NAME [--first-day DAY] [--last-day DAY] [--login-hours always] [--profile PROFILE]',
  means: 'Changes the dates, the login hours or the profile of an account, for one that they keep out.',
  values: ['USERNAME'],
  options: {
    ...instanceOption,
    'first-day': 'The first day on which it may log in, such as 2026-12-31; or none.',
    'last-day': 'The last day on which it may log in; or none.',
    'login-hours': 'always, which takes its login hours away.',
    profile: 'The name of another profile, such as Administrator.',
  },
  required: ['instance'],
  async run({ system }, [username], { instance: name, profile, ...options }) {
    const { 'first-day': first, 'last-day': last, 'login-hours': hours } = options
    if (hours !== undefined && hours !== 'always') throw new OperatorError('--login-hours can only be always.')
    if ([first, last, hours, profile].every((each) => each === undefined))
      throw new OperatorError('Say what to change: --first-day, --last-day, --login-hours or --profile.')
    const instance = await instanceNamed(system, name!)
    const fields: Partial<AccountFields> = {
      ...(first !== undefined && { validFrom: dayOf(first, 'first-day') }),
      ...(last !== undefined && { validUntil: dayOf(last, 'last-day') }),
      ...(hours !== undefined && { loginHours: null }),
    }
    const changed = await system.database.asOperator(instance, async (tx) => {
      const account = await accountNamed(tx, username!, instance.name)
      const profileId = profile === undefined ? undefined : await findProfileId(tx, profile)
      if (profile !== undefined && profileId === undefined) throw new OperatorError(`There is no profile "${profile}".`)
      const change = { accountId: account.id, fields: { ...fields, ...(profileId !== undefined && { profileId }) } }
      await changeAccounts(tx, 'operator', [change], undefined)
      return account.username
    })
    return { json: { instance: name, username: changed, ...fields, profile }, text: `${changed} is changed.\n` }
  },
}

const unlockAccountCommand: Command = {
  words: 'account unlock',
  usage: 'USERNAME --instance NAME',
  means: 'Ends the wait of an account after wrong passwords. One whose password is disabled needs a new one.',
  values: ['USERNAME'],
  options: instanceOption,
  required: ['instance'],
  async run({ system }, [username], { instance: name }) {
    const instance = await instanceNamed(system, name!)
    const { unlocked, named } = await system.database.asOperator(instance, async (tx) => {
      const { id } = await accountNamed(tx, username!, instance.name)
      const account = (await lockAccount(tx, id))!
      const { ended, usedUp } = await unlockAttempts(tx, system.keys, account)
      if (usedUp)
        throw new OperatorError(`The password of ${account.username} is disabled: gatehouse account new-password mends that.`)
      if (ended) await record(tx, { event: 'account_unlocked', actor: { kind: 'operator' }, accountId: id })
      return { unlocked: ended, named: account.username }
    })
    const text = unlocked ? `${named} can try again.\n` : `${named} does not have to wait.\n`
    return { json: { instance: name, username: named, unlocked }, text }
  },
}

export const accountCommands: readonly Command[] = [changeAccountCommand, unlockAccountCommand]
