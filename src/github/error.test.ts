import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError, notFound, validationFailed } from '../errors.ts'
import { errorBody } from './error.ts'

const DOCS = 'https://docs.github.com/rest/repos/webhooks#create-a-repository-webhook'

test('it is a message, a link and the status as a string', () => {
  assert.equal(
    JSON.stringify(errorBody(notFound(), 404, DOCS)),
    `{"message":"Not Found","documentation_url":"${DOCS}","status":"404"}`,
  )
})

test('it lists items between the message and the link, each with the keys that it has', () => {
  const error = validationFailed(
    { resource: 'Hook', code: 'custom', message: 'Hook already exists on this repository' },
    { field: 'name', code: 'invalid', resource: 'Hook' },
  )
  assert.equal(
    JSON.stringify(errorBody(error, 422, DOCS)),
    '{"message":"Validation Failed","errors":[' +
      '{"resource":"Hook","code":"custom","message":"Hook already exists on this repository"},' +
      '{"resource":"Hook","code":"invalid","field":"name"}' +
      `],"documentation_url":"${DOCS}","status":"422"}`,
  )
})

test('it tells faults of form line by line in the message, without an array', () => {
  const error = new AppError('invalid_request', 'The body has two faults.', {
    faults: [`For 'properties/events', nil is not an array.`, `"config" wasn't supplied.`],
  })
  assert.deepEqual(errorBody(error, 422, DOCS), {
    message: `Invalid request.\n\nFor 'properties/events', nil is not an array.\n"config" wasn't supplied.`,
    documentation_url: DOCS,
    status: '422',
  })
})
