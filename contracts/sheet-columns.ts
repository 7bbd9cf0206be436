import type { AccountField } from './account-fields.ts'

/** What a spreadsheet says: no hours, and profile and team by their names. */
type SheetColumn = Exclude<AccountField, 'profileId' | 'teamId' | 'loginHours'> | 'username' | 'profile' | 'team' | 'password'

/**
 * The columns of spreadsheets: the header of our own, and what people call them, without accents. The order is uContact's, by which a
 * file without a header is read; what uContact does not have comes after.
 */
export const sheetColumns = {
  username: {
    header: 'Username',
    called:
      'username, user, user name, login, login name, usuario, nombre de usuario, nome de usuario, nome do usuario, utilizador',
  },
  fullName: {
    header: 'Full Name',
    called: 'full name, fullname, name, complete name, nombre, nombre completo, nombre y apellido, nome, nome completo',
  },
  email: {
    header: 'Email',
    called: 'email, e-mail, mail, email address, correo, correo electronico, direccion de correo, endereco de email, correio',
  },
  profile: { header: 'Profile', called: 'profile, role, perfil, rol, funcao' },
  validFrom: {
    header: 'Valid Date',
    called:
      'valid date, valid from, start date, from, fecha valida, fecha de validez, fecha de inicio, valido desde, vigente desde, data de inicio, valido a partir de, valido de',
  },
  validUntil: {
    header: 'Expiration Date',
    called:
      'expiration date, expiry date, expires, valid until, end date, fecha de expiracion, fecha de vencimiento, valido hasta, vigente hasta, data de expiracao, data de vencimento, valido ate',
  },
  timeZone: { header: 'Time Zone', called: 'time zone, timezone, zona horaria, huso horario, fuso horario, fuso' },
  language: { header: 'Language', called: 'language, idioma, lengua, lingua' },
  phone: { header: 'Phone', called: 'phone, phone number, extension, telefono, interno, anexo, telefone, ramal' },
  password: {
    header: 'Password',
    called: 'password, initial password, contrasena, contrasena inicial, clave, senha, senha inicial',
  },
  team: { header: 'Team', called: 'team, group, equipo, grupo, equipe, time' },
} as const satisfies Record<SheetColumn, { header: string; called: string }>

export type ImportField = keyof typeof sheetColumns
export const importFields = Object.keys(sheetColumns) as ImportField[]

/** Halves of the full name, as other systems write it in two columns; and what people call them. */
export const nameHalves = {
  firstName:
    'first name, firstname, given name, given names, forename, nombres, primer nombre, nombre de pila, primeiro nome, prenome',
  lastName: 'last name, lastname, surname, family name, apellido, apellidos, sobrenome, sobrenomes, apelido, ultimo nome',
} as const

/** What a column of somebody's spreadsheet can hold. */
export type ColumnField = ImportField | keyof typeof nameHalves
export const columnFields = [...importFields, 'firstName', 'lastName'] as const satisfies ColumnField[]
