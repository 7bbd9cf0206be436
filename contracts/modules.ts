/**
 * What a module is, by what people know of it. `web`: a web application with a server, which keeps a secret. `page`: a page that runs in
 * the browser alone. `program`: on a desktop or a phone. `device`: has no browser of its own, such as a wallboard or a desk phone.
 * `machine`: no person is there. `proxy`: knows no protocol; a proxy before it asks here who sends each request.
 */
export const moduleKinds = {
  web: { keepsSecret: true, grants: ['authorization_code', 'refresh_token'] },
  page: { keepsSecret: false, grants: ['authorization_code', 'refresh_token'] },
  program: { keepsSecret: false, grants: ['authorization_code', 'refresh_token'] },
  device: { keepsSecret: false, grants: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'] },
  machine: { keepsSecret: true, grants: ['client_credentials'] },
  proxy: { keepsSecret: false, grants: [] },
} as const
export type ModuleKind = keyof typeof moduleKinds

/** With what a module's tokens are signed. Most modules take the first; older ones need the second, which costs several times as much. */
export const signingAlgorithms = ['ES256', 'RS256'] as const
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** How a module's being told of an end stands. `refused`: it said no, and is not asked again. `given_up`: a day has passed. */
export const deliveryStates = ['waiting', 'delivered', 'refused', 'given_up'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** What somebody's sign-in at a module hangs on, in its order. `given`: their profile or their team may use it. */
export const accessChecks = ['module', 'account', 'given', 'session'] as const
export type AccessCheck = (typeof accessChecks)[number]
