import { Problem } from '../platform/problem.ts'

export const addressTakesNewPassword = () =>
  new Problem(
    403,
    'address_takes_new_password',
    'An email address is worth a password, as links for new ones go there: to change it takes accounts.new-password.',
  )
