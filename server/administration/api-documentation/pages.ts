import { type Html, html, type Page, type View } from '../../platform/page.ts'

type Schema = {
  type?: string
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  title?: string
}
type Operation = {
  operationId: string
  summary: string
  description?: string
  tags?: string[]
  parameters?: { in: string; name: string; required?: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>
}
export type OpenApi = { paths: Record<string, Record<string, Operation>> }

/** Every route of the API, by subject; each opens to its parameters, its body and its answers. */
export function apiPage({ t }: View, { paths }: OpenApi): Page {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  )
  const subjects = Map.groupBy(operations, ({ tags }) => tags?.[0] ?? 'other')
  return {
    title: t('api:title'),
    styles: ['api.css'],
    body: html`<div class="card wide">
<h1>${t('api:title')}</h1>
<p>${t('api:intro')} <a href="/api/openapi.json" download="openapi.json">openapi.json</a></p>
${[...subjects].map(
  ([subject, each]) => html`<section>
<h2>${subject}</h2>
${each.map(route)}
</section>`,
)}
</div>`,
  }

  function route(operation: Operation & { path: string; method: string }): Html {
    const { path, method, summary, description, parameters = [], requestBody, responses } = operation
    const body = Object.values(requestBody?.content ?? {})[0]?.schema
    return html`<details class="route" id="${operation.operationId}">
<summary><code>${method} ${path}</code> ${summary}</summary>
${description ? html`<p>${description}</p>` : ''}
${parameters.length > 0 ? html`<h3>${t('api:parameters')}</h3><ul>${parameters.map((each) => html`<li><code>${each.name}</code> (${each.in}): ${typeOf(each.schema)}${each.description ? html`. ${each.description}` : ''}</li>`)}</ul>` : ''}
${body ? html`<h3>${t('api:body')}</h3>${schemaOf(body)}` : ''}
<h3>${t('api:answers')}</h3>
<ul>${Object.entries(responses).map(
      ([status, { content }]) =>
        html`<li><strong>${status}</strong> ${content ? answerOf(Object.values(content)[0]!.schema) : ''}</li>`,
    )}</ul>
</details>`
  }
}

/** A refusal has always the same shape; it need not be told each time. */
function answerOf(schema: Schema): Html {
  return schema.title === 'Problem' ? html`Problem (RFC 9457)` : schemaOf(schema)
}

function schemaOf(schema: Schema): Html {
  const inner = schema.type === 'array' ? schema.items : schema
  if (inner?.properties === undefined) return html`<p>${typeOf(schema)}</p>`
  const required = new Set(inner.required)
  return html`${schema.type === 'array' ? html`<p>array of</p>` : ''}<ul>${Object.entries(inner.properties).map(
    ([name, each]) =>
      html`<li><code>${name}${required.has(name) ? '' : '?'}</code>: ${typeOf(each)}${each.description ? html`. ${each.description}` : ''}${nested(each)}</li>`,
  )}</ul>`
}

function nested(schema: Schema): Html | string {
  const inner = schema.type === 'array' ? schema.items : schema.anyOf?.find(({ properties }) => properties !== undefined)
  const shown = schema.properties ? schema : inner
  return shown?.properties ? schemaOf({ ...shown, type: 'object' }) : ''
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ')
  if (schema.type === 'array') return `array of ${schema.items ? typeOf(schema.items) : 'anything'}`
  return schema.format ? `${schema.type}, ${schema.format}` : (schema.type ?? 'anything')
}
