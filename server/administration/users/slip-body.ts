import { Type } from 'typebox'

/** A slip, as every route answers it that makes one. */
export const SlipBody = Type.Object({
  accountId: Type.String(),
  username: Type.String(),
  fullName: Type.String(),
  initialPassword: Type.String({ description: 'Shown this one time. Making another slip voids it.' }),
  expiresAt: Type.String({ format: 'date-time' }),
  language: Type.Union([Type.String(), Type.Null()]),
  timeZone: Type.String(),
  codes: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Of the code sheet that goes with it, by their numbers from 1 on. Shown this one time.',
    }),
  ),
})
