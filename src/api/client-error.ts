// What Node could not read as HTTP, and so never became a request: answered by hand, in the same envelope.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { AppError } from '../errors.ts'
import { errorBody } from '../github/error.ts'
import { DOCS } from './errors.ts'
import { commonHeaders } from './headers.ts'

const STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

export function answerClientError(
  error: Error & { readonly code?: string },
  socket: Socket,
  requestId: string,
): void {
  // After a reset there is nobody to answer.
  if (error.code !== 'ECONNRESET' && socket.writable) socket.write(answerTo(error.code, requestId))
  socket.destroy(error)
}

function answerTo(code: string | undefined, requestId: string): string {
  const status = STATUS[code ?? ''] ?? 400
  const reason = STATUS_CODES[status] ?? ''
  const body = JSON.stringify(errorBody(new AppError('bad_request', reason), status, DOCS))
  const headers = {
    ...commonHeaders(requestId, false),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n')
}
