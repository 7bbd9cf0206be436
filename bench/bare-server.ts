// The ceiling of session checks: a node:http server that answers every request with the same JSON. Arguments: port, bytes.
import { createServer } from 'node:http'

const body = JSON.stringify({ filler: 'x'.repeat(Number(process.argv[3]) - JSON.stringify({ filler: '' }).length) })

createServer((_request, response) => {
  response
    .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) })
    .end(body)
}).listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('{}\n'))
process.once('disconnect', () => process.exit())
