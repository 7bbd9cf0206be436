// Vouching: a supervisor confirms a person by typing the number on the person's screen. Nobody presses a button that says yes: a secret
// is carried from one screen to the other. Source: NIST SP 800-63B-4, 3.1.3 (compare and approve is withdrawn), 3.1.2.1 and 4.2.1.
import { declareKey, type Keys, keyedHash } from '../../platform/secret.ts'

const vouchKey = declareKey('vouch')
const digits = 6

/** The number that is shown for a vouch. It is kept nowhere: whoever has the key can make it again from the id. */
export function vouchNumber(keys: Keys, instance: { id: string }, vouchId: string): string {
  // 48 bits for six digits: the numbers are equally likely but for one part in 10^8.
  const value = keyedHash(keys.of(vouchKey), `${instance.id} ${vouchId}`).readUIntBE(0, 6) % 10 ** digits
  return String(value).padStart(digits, '0')
}

/** The wrong numbers that end a vouch. */
export const mostWrongNumbers = 5
export const vouchMinutes = 5
