import { Type } from 'typebox'

/** What the API answers when it refuses. Source: RFC 9457. */
export const ProblemBody = Type.Object(
  {
    status: Type.Integer({ description: 'The HTTP status, again.' }),
    code: Type.String({ description: 'What went wrong, for programs. Stable.' }),
    title: Type.String({ description: 'What went wrong, in English, for developers.' }),
    requestId: Type.String({ description: 'What the log calls this request.' }),
  },
  { title: 'Problem' },
)

/** What the page of a path needs in its query: `next`, the page to go to afterwards. Whatever else is there is left alone. */
export const PageQuery = Type.Object({
  next: Type.Optional(Type.String({ maxLength: 2000 })),
  bye: Type.Optional(Type.String({ maxLength: 10 })),
})
