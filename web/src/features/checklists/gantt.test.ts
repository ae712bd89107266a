import { describe, expect, it } from 'vitest'
import { BAR, dayNumber, dayOf, fittedScale, floatFrom, neighbour, packLanes, rightOf, routeOf, scaleOf, textWidth, ticksOf, type Bar, type Placed } from './gantt'

const bar = (key: string, start: string, finish: string, more: Partial<Bar> = {}): Bar => ({ key, lane: 'a', start, finish, label: key, latest: null, ...more })
const scale = scaleOf(['2022-11-01', '2023-03-31'], 0, 4)

describe('the time scale', () => {
  it('turns days into pixels and back, over the turn of a year', () => {
    expect(dayOf(dayNumber('2022-12-31') + 1)).toBe('2023-01-01')
    expect(scale.x('2022-12-01') - scale.x('2022-11-30')).toBe(4)
    expect(scale.end('2022-11-30')).toBe(scale.x('2022-12-01'))
  })

  it('fills the width it has, or scrolls', () => {
    expect(scaleOf(['2022-11-01', '2022-11-10'], 800, 2).width).toBeGreaterThanOrEqual(800)
    expect(scale.width).toBe((151 + 13) * 4)
    expect(scaleOf([], 500, 2).width).toBe(500)
  })

  it('names months, the first and every January with the year, and Mondays where there is room', () => {
    expect(ticksOf(scale).map((one) => one.label)).toEqual(['2022-11', '12', '2023-01', '02', '03', '04'])
    expect(ticksOf(scaleOf(['2022-11-01', '2022-11-30'], 0, 12)).filter((one) => !one.major).map((one) => one.label)).toContain('14')
    expect(ticksOf(scaleOf(['2022-01-01', '2023-12-31'], 0, 0.5)).map((one) => one.label)).toEqual(['2022-01', '04', '07', '10', '2023-01', '04', '07', '10', '2024-01'])
  })
})

describe('packing', () => {
  const bars = Array.from({ length: 60 }, (_, at) => bar(`项目审批 ${at}`, dayOf(dayNumber('2022-11-01') + (at * 37) % 120), dayOf(dayNumber('2022-11-04') + (at * 37) % 120 + (at % 9) * 3), { lane: at % 3 === 0 ? 'a' : 'b', latest: at % 4 === 0 ? '2023-03-01' : null }))
  const { bars: placed, lanes, height } = packLanes(['a', 'b', 'c'], bars, scale, 40)
  const end = (one: Placed): number => Math.max(one.x + one.width, one.latestX ?? 0, one.inside ? 0 : one.labelX + textWidth(one.label))

  it('lets nothing overlap within a row, floats and names included', () => {
    for (const one of placed) {
      for (const other of placed) {
        if (one !== other && one.y === other.y && one.x <= other.x) expect(end(one)).toBeLessThan(other.x)
      }
    }
  })

  it('keeps every bar in its lane, and an empty lane its heading', () => {
    for (const one of placed) {
      const lane = lanes.find((each) => each.key === one.lane)
      expect(lane !== undefined && one.y >= lane.y && one.y + BAR <= lane.y + lane.height).toBe(true)
    }
    expect(lanes[0]?.y).toBe(40)
    expect(lanes.reduce((sum, one) => sum + one.height, 40)).toBe(height)
    expect(rightOf(placed)).toBe(Math.max(...placed.map((one) => (one.inside ? one.x + one.width : one.labelX + textWidth(one.label)))))
  })

  it('writes a name into the bar where it fits, else behind it', () => {
    const [long, short] = packLanes(['a'], [bar('规划', '2022-11-01', '2023-01-01'), bar('规划条件核定', '2023-01-10', '2023-01-11', { latest: '2023-02-01' })], scale).bars
    expect([long?.inside, short?.inside]).toEqual([true, false])
    expect(short?.labelX).toBe(scale.end('2023-01-11') + 5)
    expect(short?.latestX).toBe(scale.end('2023-02-01'))
  })
})

describe('fitting', () => {
  const bars = [bar('规划条件', '2022-11-01', '2022-11-20'), bar('质量安全监督和施工许可证（可分阶段）', '2023-03-20', '2023-03-31')]
  const days = bars.flatMap((one) => [one.start, one.finish])

  it('leaves room for the name behind the last bar', () => {
    const fitted = fittedScale(days, bars, 900, 0, 130)
    expect(rightOf(packLanes(['a'], bars, fitted).bars)).toBeLessThanOrEqual(900)
    expect(fitted.perDay).toBeLessThan(scaleOf(days, 770, 0).perDay)
  })

  it('is as wide as asked for where that is wider', () => {
    expect(fittedScale(days, bars, 900, 20, 130).perDay).toBe(20)
  })
})

describe('floats', () => {
  it('begin behind the name, or at the bar where they end before that', () => {
    const [long, short] = packLanes(['a', 'b'], [bar('规划条件核定', '2022-11-01', '2022-11-02', { latest: '2023-02-01' }), bar('规划条件核定', '2022-11-01', '2022-11-02', { lane: 'b', latest: '2022-11-05' })], scale).bars as [Placed, Placed]
    expect(floatFrom(long)).toBe(long.labelX + textWidth(long.label) + 4)
    expect(floatFrom(short)).toBe(short.x + short.width)
  })
})

describe('dependencies', () => {
  const [a, b] = packLanes(['a'], [bar('a', '2022-11-01', '2022-11-10'), bar('b', '2022-11-20', '2022-11-25')], scale).bars as [Placed, Placed]

  it('run from the end of one to the start of the other', () => {
    expect(routeOf(a, b)).toBe(`M${a.x + a.width} ${a.y + 8}H${b.x - 4}V${b.y + 8}H${b.x}`)
    expect(routeOf(b, a)).toContain(`H${a.x - 5}V`)
  })
})

describe('arrow keys', () => {
  const { bars } = packLanes(['a', 'b'], [bar('a1', '2022-11-01', '2022-11-10'), bar('a2', '2022-12-20', '2022-12-25'), bar('b1', '2022-11-20', '2022-11-25', { lane: 'b' })], scale)

  it('go through time and from lane to lane, and stay at the ends', () => {
    expect([neighbour(bars, 'a1', 'ArrowRight'), neighbour(bars, 'b1', 'ArrowRight'), neighbour(bars, 'a1', 'ArrowLeft')]).toEqual(['b1', 'a2', 'a1'])
    expect([neighbour(bars, 'a2', 'ArrowDown'), neighbour(bars, 'b1', 'ArrowUp'), neighbour(bars, 'b1', 'ArrowDown'), neighbour(bars, 'gone', 'ArrowDown')]).toEqual(['b1', 'a1', 'b1', 'a1'])
  })
})
