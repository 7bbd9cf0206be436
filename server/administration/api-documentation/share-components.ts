type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/**
 * Puts each schema with a title in the components, and each refusal too, and has the places where they stood refer to them.
 * Source: OpenAPI 3.0.3, 4.7.7.
 * @throws Error when two different schemas have one title
 */
export function shareComponents<Document>(document: Document): Document {
  const schemas: Record<string, Json> = {}
  const shared = share(structuredClone(document) as Json) as { components?: Record<string, Json> }
  const refusal = {
    description: 'Refused. Source: RFC 9457.',
    content: { 'application/problem+json': { schema: refer('schemas', 'Problem') } },
  }
  shared.components = { ...shared.components, schemas, responses: { Problem: refusal } }
  return shared as Document

  function share(value: Json): Json {
    if (Array.isArray(value)) return value.map(share)
    if (typeof value !== 'object' || value === null) return value
    const whole = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, share(each)]))
    if (typeof value.title === 'string' && typeof value.type === 'string') return keep(value.title, whole)
    return isRefusal(whole) ? refer('responses', 'Problem') : whole
  }

  function keep(title: string, schema: Json): Json {
    const known = schemas[title]
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`two schemas are called ${title}`)
    schemas[title] = schema
    return refer('schemas', title)
  }
}

function refer(kind: 'schemas' | 'responses', name: string): { $ref: string } {
  return { $ref: `#/components/${kind}/${name}` }
}

/** A response that holds a Problem and nothing else. */
function isRefusal({ content, description }: Record<string, Json>): boolean {
  if (typeof description !== 'string' || typeof content !== 'object' || content === null) return false
  return JSON.stringify(Object.values(content)) === JSON.stringify([{ schema: refer('schemas', 'Problem') }])
}
