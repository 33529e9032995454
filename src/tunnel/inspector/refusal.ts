// What the inspector answers when a request to itself cannot be done: a status and a sentence.

export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
  }
}
