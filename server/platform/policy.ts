// What holds for a route: who may call it, whose form it takes, what its page may load, and how it answers. Said once, where the route
// is; hooks read it, and nobody looks at the address instead.
import type { FastifyReply } from 'fastify'
import type { Permission } from '../../contracts/permissions.ts'

/** What a page may do beyond what all pages may: more sources for a directive of its Content-Security-Policy. */
export type Additions = Partial<Record<Directive, readonly string[]>>

export type Policy = Readonly<
  Caller & {
    /** What a refusal looks like: RFC 9457 for programs, a page for people, who are asked to log in where that helps. */
    answers: 'json' | 'page'
    /** What every answer of the route adds; `permit` is for what depends on the request. */
    csp?: Additions
    /** A request that a page sends by itself: no action of a person. */
    automatic?: boolean
    /** Answers at every host name, also at those of no instance, and knows nobody: for load balancers, and for what is the same for all. */
    anyHost?: boolean
    /** Of a form: the fields that come back, when its session has ended meanwhile, after the next login. Never a secret. */
    keeps?: readonly string[]
    /** Its answer holds a secret, such as a form token, and so is not compressed. */
    holdsSecret?: boolean
    /** Takes a body that may be large, and so may take minutes to arrive. */
    slowBody?: boolean
  }
>

/**
 * Who may call, and whose form comes. `ours`: only our own pages send it, which the form token proves. `protocol`: other programs and
 * sites send it and prove by its protocol who they are; never for what acts as the person whose cookie comes along.
 */
type Caller =
  | { caller: 'anybody'; permission?: undefined; form: 'ours' | 'protocol' }
  | {
      caller: 'person'
      /** What the person's profile must permit. */
      permission?: Permission
      form: 'ours'
    }

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy
  }
}

type Config = { policy: Policy }
type More = Pick<Policy, 'csp' | 'automatic' | 'anyHost' | 'slowBody' | 'holdsSecret'>

/** A page for everybody, and the forms on it. */
export const publicPage = { policy: { caller: 'anybody', form: 'ours', answers: 'page' } } as const satisfies Config
/** A page for whoever is logged in, and the forms on it. */
export const personalPage = { policy: { caller: 'person', form: 'ours', answers: 'page' } } as const satisfies Config
/** The same, where a browser asks for it by itself. */
export const automaticPage = { policy: { ...personalPage.policy, automatic: true } } as const satisfies Config
/** What a script of our own asks on a page for everybody. */
export const publicApi = { policy: { caller: 'anybody', form: 'ours', answers: 'json' } } as const satisfies Config

/** What whoever is logged in may ask about themselves. */
export function personalApi(more: More = {}): Config {
  return { policy: { caller: 'person', form: 'ours', answers: 'json', ...more } }
}

/** What a profile must permit. */
export function apiFor(permission: Permission, more: More = {}): Config {
  return { policy: { caller: 'person', permission, form: 'ours', answers: 'json', ...more } }
}

/** A page that a profile must permit. */
export function pageFor(permission: Permission): Config {
  return { policy: { caller: 'person', permission, form: 'ours', answers: 'page' } }
}

/** Files and signs of life: the same at every host name, for everybody. */
export function everywhere(answers: Policy['answers']): Config {
  return { policy: { caller: 'anybody', form: 'ours', answers, anyHost: true } }
}

const standard = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
} as const
/** Who may frame a page, and what else `'none'` stands for, is nothing that a route adds to. */
type Directive = {
  [Name in keyof typeof standard]: (typeof standard)[Name][0] extends "'self'" ? Name : never
}[keyof typeof standard]

/**
 * The text of a Content-Security-Policy. Source: CSP Level 3, 2.2.
 * @throws Error when a source could end its directive
 */
export function contentSecurityPolicy(...additions: readonly (Additions | undefined)[]): string {
  return Object.entries(standard)
    .map(([name, sources]) => {
      const more = additions.flatMap((each) => each?.[name as Directive] ?? [])
      for (const source of more) if (!/^[^\s;,]+$/.test(source)) throw new Error(`no source of a policy: ${source}`)
      return [name, ...sources, ...more].join(' ')
    })
    .join('; ')
}

/** Lets the page that is being made do more, beside what its route adds. Forms follow redirects: who is sent on from one is named here. */
export function permit(reply: FastifyReply, additions: Additions): void {
  reply.header('content-security-policy', contentSecurityPolicy(reply.routeOptions.config.policy?.csp, additions))
}
