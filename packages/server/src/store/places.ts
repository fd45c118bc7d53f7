/**
 * One connection string for each server that a connection string names, in its order: `postgres://me@one:5432,two:5432/db`, and for sockets
 * `?host=/run/one,/run/two`, as libpq reads them (PostgreSQL documentation 34.1.1.3, "Specifying Multiple Hosts"). A port that is given once holds for all.
 */
export function placesOf(connectionString: string): readonly string[] {
  const [, scheme, who = '', hosts = '', rest = ''] = /^([a-z]+:\/\/)([^/?#@]*@)?([^/?#]*)(.*)$/s.exec(connectionString) ?? []
  if (scheme === undefined) return [connectionString]
  const [path = '', query = ''] = rest.split(/\?(.*)/s, 2)
  const parameters = new URLSearchParams(query)
  const sockets = (parameters.get('host') ?? '').split(',').filter((host) => host !== '')
  if (sockets.length > 1) {
    const ports = (parameters.get('port') ?? '').split(',')
    return sockets.map((host, at) => {
      parameters.set('host', host)
      const port = ports.length === 1 ? ports[0] : ports[at]
      if (port) parameters.set('port', port)
      return `${scheme}${who}${hosts}${path}?${parameters}`
    })
  }
  const names = hosts.split(',')
  if (names.length < 2) return [connectionString]
  return names.map((host) => `${scheme}${who}${host}${rest}`)
}
