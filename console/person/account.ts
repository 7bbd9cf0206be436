import type { Answer } from '../app/api.ts'

export type Account = Answer<'GET /api/accounts/:id'>
