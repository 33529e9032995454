// What Node could not read as HTTP, and so never became a request: answered by hand, in the same envelope.
import type { Socket } from 'node:net'
import { AppError } from '../errors.ts'
import { errorBody } from '../github/error.ts'
import { DOCS } from './errors.ts'
import { commonHeaders } from './headers.ts'

type Refusal = { readonly status: number; readonly reason: string }

const BAD_REQUEST: Refusal = { status: 400, reason: 'Bad Request' }

const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'Request Timeout' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: 'Payload Too Large' },
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'Request Header Fields Too Large' },
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
  const { status, reason } = REFUSALS[code ?? ''] ?? BAD_REQUEST
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
