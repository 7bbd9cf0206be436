/** Something that the operator asked for cannot be done; the words say why and what to do. Exit code 1. */
export class OperatorError extends Error {}

export const instanceUnknown = (name: string) =>
  new OperatorError(`There is no instance "${name}". \`gatehouse instance list\` shows them.`)
export const accountUnknown = (username: string, instance: string) =>
  new OperatorError(`There is no account "${username}" in the instance "${instance}".`)
