// The file that comes with hardware tokens: one a line, with its serial number and its secret.
import { parse } from 'csv-parse/sync'
import type { TotpShape } from './totp.ts'

export type TokenLine = { line: number; username: string; serial: string; secret: Buffer; shape: TotpShape }

/** What is wrong with a line. */
export type TokenFault = { line: number; fault: 'columns' | 'kind' | 'serial' | 'secret' | 'digits' | 'step' }

/** NIST SP 800-63B-4, 3.1.4.1: 112 bits at the least. */
const fewestSecretBytes = 14
const mostSecretBytes = 64

/**
 * Reads lines of `username, serial, secret, type, digits, step`: the columns of vendors, with the person's username before them. A
 * secret is hexadecimal or base 32; type, digits and step may be left out. A first line that begins with `username` is left out.
 */
export function readTokens(text: string): { tokens: TokenLine[]; faults: TokenFault[] } {
  const rows = parse(text, { bom: true, trim: true, relaxColumnCount: true, skipEmptyLines: true, info: true }) as unknown as {
    record: string[]
    info: { lines: number }
  }[]
  const tokens: TokenLine[] = []
  const faults: TokenFault[] = []
  for (const { record, info } of rows) {
    const [username = '', serial = '', typed = '', type = 'TOTP', digits = '6', step = '30'] = record.map((cell) => cell.trim())
    const line = info.lines
    if (tokens.length + faults.length === 0 && username.toLowerCase() === 'username') continue
    const secret = readSecret(typed)
    const fault = faultOf({ columns: record.length, serial, secret, type, digits, step })
    if (fault !== undefined || secret === undefined) faults.push({ line, fault: fault ?? 'secret' })
    else tokens.push({ line, username, serial, secret, shape: { digits: Number(digits || 6), stepSeconds: Number(step || 30) } })
  }
  return { tokens, faults }
}

type Read = { columns: number; serial: string; secret: Buffer | undefined; type: string; digits: string; step: string }

function faultOf({ columns, serial, secret, type, digits, step }: Read): TokenFault['fault'] | undefined {
  if (columns < 3 || columns > 6) return 'columns'
  if (!/^[\w.-]{1,40}$/.test(serial)) return 'serial'
  if (secret === undefined) return 'secret'
  if (type !== '' && !/^TOTP$/i.test(type)) return 'kind'
  if (!['', '6', '7', '8'].includes(digits)) return 'digits'
  return ['', '30', '60'].includes(step) ? undefined : 'step'
}

/** Hexadecimal where it can be that, else base 32. */
function readSecret(typed: string): Buffer | undefined {
  const plain = typed.replace(/[\s-]/g, '').toUpperCase()
  const bytes = /^([0-9A-F]{2})+$/.test(plain) ? Buffer.from(plain, 'hex') : fromBase32(plain.replace(/=+$/, ''))
  return bytes !== undefined && bytes.length >= fewestSecretBytes && bytes.length <= mostSecretBytes ? bytes : undefined
}

function fromBase32(letters: string): Buffer | undefined {
  if (!/^[A-Z2-7]+$/.test(letters)) return undefined
  const bits = [...letters]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
