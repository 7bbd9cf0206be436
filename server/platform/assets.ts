// Assets: the files of public/, read once and served from memory under an address that changes with their content.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { acceptsBrotli } from './compress.ts'
import { everywhere } from './policy.ts'
import { notFound } from './problem.ts'

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

type Asset = { url: string; type: string; body: Buffer; compressed: Buffer }

const folder = new URL('../../public/', import.meta.url)
const assets = new Map<string, Asset>(
  readdirSync(folder)
    .filter((name) => extname(name) in types)
    .map((name) => {
      const body = readFileSync(new URL(name, folder))
      const digest = createHash('sha256').update(body).digest('base64url').slice(0, 12)
      return [
        name,
        { url: `/assets/${name}?v=${digest}`, type: types[extname(name)]!, body, compressed: brotliCompressSync(body) },
      ]
    }),
)

/** The address of a file in public/. */
export function assetUrl(name: string): string {
  const asset = assets.get(name)
  if (asset === undefined) throw new Error(`there is no public/${name}`)
  return asset.url
}

export const serveAssets: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/assets/:name',
    { config: everywhere('page'), schema: { hide: true, params: Type.Object({ name: Type.String() }) } },
    async (request, reply) => {
      const asset = assets.get(request.params.name)
      if (asset === undefined) throw notFound()
      const compressed = acceptsBrotli(request.headers['accept-encoding'])
      if (compressed) reply.header('content-encoding', 'br')
      return reply
        .type(asset.type)
        .header('vary', 'accept-encoding')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(compressed ? asset.compressed : asset.body)
    },
  )
}
