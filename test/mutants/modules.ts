import type { Room } from './mutant.ts'

const openid = 'server/outward/openid'
const signingIn = [`${openid}/openid.test.ts`]
const grants = [`${openid}/grants.test.ts`]
const forged = [`${openid}/forged.test.ts`]
const endSession = [`${openid}/end-session.test.ts`]
const keys = [`${openid}/keys.test.ts`]
const registry = ['server/outward/modules/modules.test.ts']
const addresses = ['server/outward/modules/addresses.test.ts']

export const modules: Room = {
  tests: signingIn,
  mutants: [
    {
      breaks: 'What was handed out dies with its session.',
      file: 'sql/routines/find_openid_item.sql',
      find: '(i.session_id is null or (a.enabled and session_lives(s, now(), silent_since(lease_seconds),\n        now() - make_interval(mins => idle_minutes), now() - make_interval(mins => longest_minutes))))',
      replace: 'true',
    },
    {
      breaks: 'Whoever may not use a module any more loses what was handed out.',
      file: 'sql/routines/find_openid_item.sql',
      find: '(i.grant_id is null or may_use_module(m, a))',
      replace: 'true',
    },
    {
      breaks: 'Nobody gets in at a module that is not for them.',
      file: 'sql/routines/open_module_session.sql',
      find: 'may_use_module(m, a) and ',
      replace: '',
    },
    {
      breaks: 'A code is used up by one statement.',
      file: `${openid}/item-store.ts`,
      find: "      .where('consumedAt', 'is', null)\n",
      replace: '',
    },
    {
      breaks: 'The second use of a code takes back what the first has given.',
      file: `${openid}/adapter.ts`,
      find: 'if (grantId !== undefined) await database.in(instance, (tx) => closeGrant(tx, grantId))',
      replace: '',
      tests: grants,
    },
    {
      breaks: 'A module sees its own tokens and no other’s.',
      file: `${openid}/provider.ts`,
      find: "client.clientAuthMethod !== 'none' && token.clientId === client.clientId",
      replace: 'true',
    },
    {
      breaks: 'A module takes back its own tokens and no other’s.',
      file: `${openid}/provider.ts`,
      find: 'revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId }',
      replace: 'revocation: { enabled: true, allowedPolicy: async () => true }',
    },
    {
      breaks: 'PKCE is demanded of every module that is not marked as older than it.',
      file: `${openid}/provider.ts`,
      find: 'client.without_pkce !== true',
      replace: 'false',
      tests: grants,
    },
    {
      breaks: 'A refresh token of a module without a secret is good once.',
      file: `${openid}/provider.ts`,
      find: "rotateRefreshToken: (ctx) => ctx.oidc.client?.clientAuthMethod === 'none'",
      replace: 'rotateRefreshToken: false',
      tests: grants,
    },
    {
      breaks: 'A secret is compared with its hashes.',
      file: `${openid}/provider.ts`,
      find: 'return (await hashesOf(this.clientId)).some((kept) => sameBytes(kept, hash))',
      replace: 'return (await hashesOf(this.clientId)).length > 0 && hash.length > 0',
      tests: grants,
    },
    {
      breaks: 'Nobody is changed in silence for somebody else.',
      file: `${openid}/provider.ts`,
      find: "if (ctx.oidc.session?.accountId !== undefined) throw new errors.LoginRequired('somebody else is logged in')",
      replace: 'if (ctx.oidc.session?.accountId !== undefined) return false',
      tests: forged,
    },
    {
      breaks: 'Only the origins of a page that keeps no secret may ask in a browser.',
      file: `${openid}/provider.ts`,
      find: '.some((uri) => URL.parse(uri)?.origin === origin)',
      replace: '.some((uri) => uri !== origin)',
      tests: forged,
    },
    {
      breaks: 'Addresses in documents come from what is configured.',
      file: `${openid}/provider.ts`,
      find: 'return issuer + this.originalUrl',
      replace: 'return `http://${(this as never as { headers: { host: string } }).headers.host}${this.originalUrl}`',
      tests: forged,
    },
    {
      breaks: 'Whoever is to prove again who they are has done so since.',
      file: `${openid}/openid.ts`,
      find: "if (!reasons.includes('no_session') && session.authTime.getTime() <= Number(details.shownAt))",
      replace: 'if (session.authTime.getTime() < 0)',
    },
    {
      breaks: 'A module that has not shown the session ends it only when the person says so.',
      file: `${openid}/openid.ts`,
      find: 'if (session !== undefined && !isCertain && !confirmed) {',
      replace: 'if (session !== undefined && confirmed) {',
      tests: endSession,
    },
    {
      breaks: 'Nobody is sent to an address that is not registered.',
      file: `${openid}/end-session.ts`,
      find: 'if (goesTo !== undefined && !client!.postLogoutRedirectUriAllowed(goesTo))',
      replace: 'if (goesTo === null)',
      tests: endSession,
    },
    {
      breaks: 'The ID token of another session ends nobody’s.',
      file: `${openid}/end-session.ts`,
      find: ' && claims.sid === sid(session.id, client.clientId)',
      replace: '',
      tests: endSession,
    },
    {
      breaks: 'A new key is published before it signs.',
      file: `${openid}/signing-keys.ts`,
      find: 'atOnce || there.length === 0 ? 0 : publishedBefore',
      replace: '0',
      tests: keys,
    },
    {
      breaks: 'Keys that somebody else may have are out of sight at once.',
      file: `${openid}/signing-keys.ts`,
      find: "there.filter(({ state }) => atOnce || state === 'next')",
      replace: "there.filter(({ state }) => state === 'next')",
      tests: keys,
    },
    {
      breaks: 'Old keys are not published for ever.',
      file: `${openid}/key-store.ts`,
      find: 'where ended_at is null or ended_at > now() - ${oldFor}',
      replace: '',
      tests: keys,
    },
    {
      breaks: 'Managing modules takes the reach of every team.',
      file: 'server/outward/modules/manage-modules.ts',
      find: "  if (acting.teams !== 'all') throw notPermitted()\n",
      replace: '',
      tests: registry,
    },
    {
      breaks: 'Of two who change the same module the second hears of the first.',
      file: 'server/outward/modules/manage-modules.ts',
      find: '  if (before.version !== version) throw changedMeanwhile()\n',
      replace: '',
      tests: registry,
    },
    {
      breaks: 'At most two secrets are valid.',
      file: 'server/outward/modules/manage-modules.ts',
      find: '  if (secrets.length >= 2) throw tooManySecrets()\n',
      replace: '',
      tests: grants,
    },
    {
      breaks: 'What was handed out under a secret is gone when the secret is taken back.',
      file: 'server/outward/modules/manage-modules.ts',
      find: '  await closeGrantsOf(tx, id)\n',
      replace: '',
      tests: grants,
    },
    {
      breaks: 'An address that could be read in two ways is not registered.',
      file: 'server/outward/modules/addresses.ts',
      find: "if (username !== '' || password !== '' || hash !== '' || text.includes('#')) return 'address_invalid'",
      replace: '',
      tests: addresses,
    },
    {
      breaks: 'A program is come back to on the machine itself, by number.',
      file: 'server/outward/modules/addresses.ts',
      find: "isLoopback(hostname) && hostname !== 'localhost' ? undefined : 'address_not_loopback'",
      replace: 'undefined',
      tests: addresses,
    },
  ],
}

export const logouts: Room = {
  tests: ['server/outward/logouts/logouts.test.ts'],
  mutants: [
    {
      breaks: 'One module that hangs holds up no other.',
      file: 'sql/routines/take_logouts.sql',
      find: ' and d.module_id <> all (busy)',
      replace: '',
    },
    {
      breaks: 'What a node has taken and not told is told by another.',
      file: 'sql/routines/take_logouts.sql',
      find: "next_at = now() + interval '30 seconds'",
      replace: "next_at = now() + interval '30 days'",
    },
    {
      breaks: 'Every end is told, whatever ended the session.',
      file: 'sql/routines/queue_logouts.sql',
      find: 'where ms.instance_id = new.instance_id',
      replace: "where new.end_reason = 'logged_out' and ms.instance_id = new.instance_id",
    },
    {
      breaks: 'A module that takes it for wrong is not asked again.',
      file: 'server/outward/logouts/logouts.ts',
      find: "if (status === 400) return { id, state: 'refused', answer: '400' }",
      replace: '',
    },
    {
      breaks: 'After a day nobody tries any more.',
      file: 'server/outward/logouts/logouts.ts',
      find: "return { id, state: 'given_up', answer }\n",
      replace: "answer += ''\n",
    },
    {
      breaks: 'No name leads to an address inside.',
      file: 'server/outward/logouts/guarded-post.ts',
      find: 'if (isIP(hostname) !== 0 && !isAllowed(hostname)) throw new AddressRefused(hostname)',
      replace: '',
    },
    {
      breaks: 'No number is an address inside.',
      file: 'server/outward/logouts/guarded-post.ts',
      find: 'const allowed = addresses.filter(({ address }) => isAllowed(address))',
      replace: 'const allowed = addresses',
    },
    {
      breaks: 'An answer without end is cut off.',
      file: 'server/outward/logouts/guarded-post.ts',
      find: 'if (read > mostRead) answer.destroy()',
      replace: '',
    },
  ],
}
