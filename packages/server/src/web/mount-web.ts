import fs from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { WebConfig } from '../contract/index.ts'

export interface WebSettings {
  /** The built pages (`build/web`). */
  readonly folder: string
  readonly config: WebConfig
}

/**
 * The workspace below /app/: files of the build, `index.html` for every address of the app, and its settings. Only these pages run scripts, and only their
 * own: no other origin is loaded, the provider of an external sign-in may be asked for tokens, and nobody may frame them.
 * Without a build (a server for other programs alone) /app/ says how to make one.
 */
export function mountWeb(server: FastifyInstance, { folder, config }: WebSettings): void {
  const provider = config.issuer === undefined ? '' : ` ${new URL(config.issuer).origin}`
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    // Mantine writes the values of its variables into a style element
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self'${provider}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  const page = (reply: FastifyReply): FastifyReply =>
    reply.header('content-security-policy', policy).header('cache-control', 'no-cache').type('text/html; charset=utf-8')

  server.get('/', { config: { routeId: 'web.root' } }, (_request, reply) => reply.redirect('/app/', 302))
  void server.register(
    async (app) => {
      app.get('/config.json', { config: { routeId: 'web.config' } }, (_request, reply) =>
        reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8').send(JSON.stringify(config)),
      )
      const index = path.join(folder, 'index.html')
      if (!fs.existsSync(index)) {
        const none = (reply: FastifyReply): FastifyReply =>
          page(reply)
            .code(404)
            .send(
              '<!doctype html><title>Second Wind</title><p>The pages are not built yet: <code>npm run build:web</code>, then start again.</p>',
            )
        app.get('/', { config: { routeId: 'web.none' } }, (_request, reply) => none(reply))
        app.setNotFoundHandler((_request, reply) => none(reply))
        return
      }
      await app.register(fastifyStatic, {
        root: folder,
        index: false,
        preCompressed: true,
        cacheControl: false,
        setHeaders: (response, file) => {
          // a worker has the policy of its own file, not that of the page
          if (/\.js(\.br|\.gz)?$/.test(file)) response.header('content-security-policy', policy)
          // names of assets carry their digest; the page itself is asked for again each time
          response.header(
            'cache-control',
            file.includes(`${path.sep}assets${path.sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
          )
        },
      })
      const html = fs.readFileSync(index, 'utf8')
      app.get('/', { config: { routeId: 'web.page' } }, (_request, reply) => page(reply).send(html))
      app.setNotFoundHandler((request, reply) => {
        const isFile = /\.[a-z0-9]{1,8}$/i.test(request.url.split('?')[0]!)
        if ((request.method !== 'GET' && request.method !== 'HEAD') || isFile)
          return reply.code(404).type('text/plain; charset=utf-8').send('There is no such file.')
        return page(reply).send(html)
      })
    },
    { prefix: '/app' },
  )
}
