// Which column of a spreadsheet holds what. uContact's own names and order are known, and what people call these things.

import { readDay } from './read-values.ts'

/** What a column can hold. */
export const importFields = [
  'username',
  'fullName',
  'email',
  'profile',
  'validFrom',
  'validUntil',
  'timeZone',
  'language',
  'phone',
  'password',
  'team',
] as const
export type ImportField = (typeof importFields)[number]

/** For each column the field that it holds, or null for one that is left out. */
export type Mapping = (ImportField | null)[]

/** The sample file's header: uContact's names in uContact's order, and the team. */
export const ownHeader: Record<ImportField, string> = {
  username: 'Username',
  fullName: 'Full Name',
  email: 'Email',
  profile: 'Profile',
  validFrom: 'Valid Date',
  validUntil: 'Expiration Date',
  timeZone: 'Time Zone',
  language: 'Language',
  phone: 'Phone',
  password: 'Password',
  team: 'Team',
}

const names: Record<ImportField, string> = {
  username:
    'username, user, user name, login, login name, usuario, nombre de usuario, nome de usuario, nome do usuario, utilizador',
  fullName: 'full name, fullname, name, complete name, nombre, nombre completo, nombre y apellido, nome, nome completo',
  email: 'email, e-mail, mail, email address, correo, correo electronico, direccion de correo, endereco de email, correio',
  profile: 'profile, role, perfil, rol, funcao',
  validFrom:
    'valid date, valid from, start date, from, fecha valida, fecha de validez, fecha de inicio, valido desde, vigente desde, data de inicio, valido a partir de, valido de',
  validUntil:
    'expiration date, expiry date, expires, valid until, end date, fecha de expiracion, fecha de vencimiento, valido hasta, vigente hasta, data de expiracao, data de vencimento, valido ate',
  timeZone: 'time zone, timezone, zona horaria, huso horario, fuso horario, fuso',
  language: 'language, idioma, lengua, lingua',
  phone: 'phone, phone number, extension, telefono, interno, anexo, telefone, ramal',
  password: 'password, initial password, contrasena, contrasena inicial, clave, senha, senha inicial',
  team: 'team, group, equipo, grupo, equipe, time',
}

const fieldOfName = new Map(
  importFields.flatMap((field) => names[field].split(', ').map((name) => [lettersOf(name), field] as const)),
)

function lettersOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

export type GuessedColumns = {
  mapping: Mapping
  hasHeader: boolean
  /** Whether somebody has to look: a column is unknown, or one that every account needs is missing. */
  isCertain: boolean
}

/** What the first row tells about the columns. */
export function guessColumns(firstRow: readonly string[]): GuessedColumns {
  const taken = new Set<ImportField>()
  const named = firstRow.map((name): ImportField | null => {
    const field = fieldOfName.get(lettersOf(name))
    if (field === undefined || taken.has(field)) return null
    taken.add(field)
    return field
  })
  if (taken.size > 0) {
    const isCertain = hasRequired(named) && named.every((field, index) => field !== null || firstRow[index] === '')
    return { mapping: named, hasHeader: true, isCertain }
  }
  // Without a header: uContact's own order. It is certain where an address or a day stands in its place; else it is only proposed.
  const mapping = firstRow.map((_, index) => importFields[index] ?? null)
  const isTold = firstRow[2]?.includes('@') || [firstRow[4], firstRow[5]].some((text) => readDay(text ?? '') !== undefined)
  const isCertain = hasRequired(mapping) && firstRow.length <= importFields.length && isTold === true
  return { mapping, hasHeader: false, isCertain }
}

/** Whether it says where the username and the name are. */
export function hasRequired(mapping: Mapping): boolean {
  return mapping.includes('username') && mapping.includes('fullName')
}
