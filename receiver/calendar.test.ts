import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isTimeZone, lastDays } from './calendar.ts'

const HOUR_MS = 60 * 60 * 1000

describe('lastDays', () => {
  test('ends with today as that place has it', () => {
    const now = new Date('2026-06-15T23:30:00Z')
    assert.deepEqual(dates(2, 'UTC', now), ['2026-06-14', '2026-06-15'])
    assert.deepEqual(dates(2, 'Europe/Paris', now), ['2026-06-15', '2026-06-16'])
    assert.deepEqual(dates(2, 'America/Los_Angeles', now), ['2026-06-14', '2026-06-15'])
    assert.deepEqual(dates(1, 'Pacific/Kiritimati', now), ['2026-06-16'])
    assert.deepEqual(dates(1, 'Etc/GMT+12', new Date('2026-06-15T11:59:00Z')), ['2026-06-14'])
  })

  test('gives 23 hours to the day on which summer time begins', () => {
    assert.deepEqual(spanOf('2026-03-29', 'Europe/Paris'), ['2026-03-28T23:00:00.000Z', 23])
  })

  test('gives 25 hours to the day on which summer time ends', () => {
    assert.deepEqual(spanOf('2026-10-25', 'Europe/Paris'), ['2026-10-24T22:00:00.000Z', 25])
  })

  test('begins a day at one o’clock where midnight is skipped', () => {
    assert.deepEqual(spanOf('2026-04-24', 'Africa/Cairo'), ['2026-04-23T22:00:00.000Z', 23])
  })

  test('begins a day at the first midnight where there are two', () => {
    assert.deepEqual(spanOf('2026-11-01', 'America/Havana'), ['2026-11-01T04:00:00.000Z', 25])
  })

  test('knows clocks that change by half an hour, and offsets of a quarter', () => {
    assert.deepEqual(spanOf('2026-04-05', 'Australia/Lord_Howe'), ['2026-04-04T13:00:00.000Z', 24.5])
    assert.deepEqual(spanOf('2026-06-15', 'Asia/Kathmandu'), ['2026-06-14T18:15:00.000Z', 24])
  })

  test('gives no time to a day that a place left out', () => {
    const days = lastDays(3, 'Pacific/Apia', new Date('2011-12-30T20:00:00Z'))
    assert.deepEqual(
      days.map(({ date, fromMs, toMs }) => [date, (toMs - fromMs) / HOUR_MS]),
      [
        ['2011-12-29', 24],
        ['2011-12-30', 0],
        ['2011-12-31', 24],
      ],
    )
  })

  test('leaves no gap and no overlap in a year', () => {
    const days = lastDays(366, 'America/New_York', new Date('2026-06-15T12:00:00Z'))
    assert.equal(days.length, 366)
    for (const [n, day] of days.entries()) if (n > 0) assert.equal(day.fromMs, days[n - 1]!.toMs)
  })
})

describe('isTimeZone', () => {
  test('tells names that are known from others', () => {
    assert.equal(isTimeZone('Europe/Paris'), true)
    assert.equal(isTimeZone('Atlantis/Capital'), false)
    assert.equal(isTimeZone(''), false)
  })
})

function dates(count: number, timeZone: string, now: Date): string[] {
  return lastDays(count, timeZone, now).map(({ date }) => date)
}

function spanOf(date: string, timeZone: string): [begins: string, hours: number] {
  const days = lastDays(3, timeZone, new Date(Date.parse(date) + 36 * HOUR_MS))
  const { fromMs, toMs } = days.find(day => day.date === date)!
  return [new Date(fromMs).toISOString(), (toMs - fromMs) / HOUR_MS]
}
