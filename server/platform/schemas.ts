import { type TSchema, Type } from 'typebox'

/** The body of a form: its own fields, and the value that binds it. */
export const FormBody = <Fields extends Record<string, TSchema>>(fields: Fields) =>
  Type.Object({ ...fields, formToken: Type.Optional(Type.String({ maxLength: 200 })) }, { additionalProperties: false })

/** What the API answers when it refuses. Source: RFC 9457. */
export const ProblemBody = Type.Object(
  {
    status: Type.Integer({ description: 'The HTTP status, again.' }),
    code: Type.String({ description: 'What went wrong, for programs. Stable.' }),
    title: Type.String({ description: 'What went wrong, in English, for developers.' }),
    requestId: Type.String({ description: 'What the log calls this request.' }),
    values: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
        description: 'What a text about it needs, such as a time.',
      }),
    ),
    faults: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ description: 'The field of the body that is wrong.' }),
          code: Type.String({ description: 'What is wrong with it. Stable.' }),
        }),
      ),
    ),
  },
  { title: 'Problem' },
)

/** What the page of a path needs in its query: `next`, the page to go to afterwards. Whatever else is there is left alone. */
export const PageQuery = Type.Object({ next: Type.Optional(Type.String({ maxLength: 2000 })) })
