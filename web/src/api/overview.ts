import { answer, follow, service } from './client'
import type { components, operations } from './schema'
import type { Page } from './types'

type Shapes = components['schemas']

export type Overview = Shapes['OverviewRead']
export type Counted = Shapes['Counted']
export type PlaceCounted = Shapes['PlaceCounted']
export type LotEvent = Shapes['LotEventKind']
export type PlanRate = Shapes['PlanRate']
export type ContractFigures = Shapes['ContractsRead']
export type LotRow = Shapes['LotRow']
export type ContractRow = Shapes['ContractRow']
export type DeadlineList = Shapes['DeadlineList']
export type Deadline = Shapes['DeadlineRead']
export type OverviewQuery = NonNullable<operations['read_overview']['parameters']['query']>
export type DeadlineQuery = NonNullable<operations['list_deadlines']['parameters']['query']>

export const readOverview = (query: OverviewQuery, signal?: AbortSignal): Promise<Overview> =>
  answer(service.GET('/api/v1/overview', { params: { query }, signal: signal ?? null }))

/** The rows behind a figure, at the address that the figure came with. */
export const readRows = <T>(address: string): Promise<Page<T>> => follow<Page<T>>(address)

export const listDeadlines = (query: DeadlineQuery, signal?: AbortSignal): Promise<DeadlineList> =>
  answer(service.GET('/api/v1/deadlines', { params: { query }, signal: signal ?? null }))
