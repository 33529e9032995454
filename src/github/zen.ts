// The sentences of `GET /zen` and of every ping.

const SENTENCES: readonly string[] = [
  'Responsive is better than fast.',
  "It's not fully shipped until it's fast.",
  'Anything added dilutes everything else.',
  'Practicality beats purity.',
  'Approachable is better than simple.',
  'Mind your words, they are important.',
  'Speak like a human.',
  'Half measures are as bad as nothing at all.',
  'Encourage flow.',
  'Non-blocking is better than blocking.',
  'Favor focus over features.',
  'Avoid administrative distraction.',
  'Design for failure.',
  'Keep it logically awesome.',
]

/** `random` is at least 0 and below 1. */
export function zen(random: number): string {
  return SENTENCES[Math.floor(random * SENTENCES.length)] ?? 'Keep it logically awesome.'
}
