// What the API document says of a route, for the tests that send something to every one of them.
import { readFileSync } from 'node:fs'

export type Schema = {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  pattern?: string
}
type Operation = { requestBody?: { content: Record<string, { schema: Schema }> }; parameters?: { in: string; name: string }[] }
export type OpenApi = { paths: Record<string, Record<string, Operation>> }

function operationOf({ paths }: OpenApi, method: string, url: string): Operation | undefined {
  return paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
}

export function bodyOf(document: OpenApi, method: string, url: string): Schema | undefined {
  return operationOf(document, method, url)?.requestBody?.content['application/json']?.schema
}

export function parametersOf(document: OpenApi, method: string, url: string): string[] {
  return (operationOf(document, method, url)?.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name)
}

/** A value that the schema lets through, so that the one bad value beside it reaches what lies behind. */
export function plausible(schema: Schema | undefined, id: string): unknown {
  if (schema === undefined) return {}
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return plausible(schema.anyOf[0], id)
  if (schema.type === 'object')
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, each]) => [name, plausible(each, id)]))
  if (schema.type === 'array') return [plausible(schema.items, id)]
  if (schema.type === 'integer') return 1
  if (schema.type === 'boolean') return true
  return schema.pattern?.includes('[0-9a-f]{8}') ? id : 'a'
}

/** A body without what may be left out. */
export function needed(schema: (Schema & { required?: string[] }) | undefined): Schema | undefined {
  if (schema?.properties === undefined) return schema
  const properties = Object.entries(schema.properties).filter(([name]) => schema.required?.includes(name))
  return { ...schema, properties: Object.fromEntries(properties) }
}

export function readDocumented(): OpenApi {
  return JSON.parse(readFileSync('docs/openapi.json', 'utf8'))
}
