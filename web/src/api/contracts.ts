import { answer, etag, service } from './client'
import type { components, operations } from './schema'
import type { Page } from './types'

type Shapes = components['schemas']

export type Contract = Shapes['ContractRead']
export type ContractDetail = Shapes['ContractDetail']
export type ContractStage = Shapes['ContractStage']
export type ContractEventKind = Shapes['ContractEventKind']
export type ContractEvent = Shapes['ContractEventRead']
export type ContractTaken = Shapes['ContractTaken']
export type EventOrder = Shapes['EventOrder']
export type SignOrder = Shapes['SignOrder']
export type Money = Shapes['Money']
export type PaymentMade = Shapes['PaymentMade']
export type Permit = Shapes['PermitRead']
export type PermitIssued = Shapes['PermitIssued']
export type WorksReport = Shapes['WorksReportRead']
export type WorksReported = Shapes['WorksReported']
export type Extension = Shapes['ExtensionRead']
export type Exclusion = Shapes['ExclusionRead']
export type ExclusionProved = Shapes['ExclusionProved']
export type StandardLand = Shapes['StandardLandRead']
export type StandardYear = Shapes['MeasuredYear']
export type Consequence = Shapes['Consequence']
export type IndexAsked = Shapes['IndexAsked']
export type IdleClock = Shapes['ClockRead']
export type IdleCase = Shapes['IdleCaseRead']
export type IdleStepOrder = Shapes['IdleStepOrder']
export type ContractFindings = Shapes['ContractFindings']
export type ContractQuery = NonNullable<operations['list_contracts']['parameters']['query']>

export const STAGES: readonly ContractStage[] = ['in_force', 'completed', 'rescinded', 'reclaimed']
export const IDLE_STATES = ['suspected', 'confirmed', 'disposing'] as const
export const OVERDUE = ['payment', 'delivery', 'start', 'completion'] as const
/** What an officer records by an event of its own; idleness has its own tab, payments too. */
export const ACTS = ['deliver', 'register', 'start', 'complete', 'extend', 'amend', 'suspend', 'resume', 'rescind', 'reclaim'] as const
export type Act = typeof ACTS[number]

const of = (contract: { id: number }): { contract_id: number } => ({ contract_id: contract.id })
const on = (contract: Contract): { params: { path: { contract_id: number } }, headers: { 'If-Match': string } } =>
  ({ params: { path: of(contract) }, headers: { 'If-Match': etag(contract.version) } })
const when = (signal?: AbortSignal): { signal: AbortSignal | null } => ({ signal: signal ?? null })

export const listContracts = (query: ContractQuery, signal?: AbortSignal): Promise<Page<Contract>> =>
  answer(service.GET('/api/v1/contracts', { params: { query }, ...when(signal) }))

export const signContract = (body: SignOrder): Promise<ContractTaken> => answer(service.POST('/api/v1/contracts', { body }))

/** A contract as it is now (the address without a date). */
export const readContract = (id: number, signal?: AbortSignal): Promise<ContractDetail> =>
  answer(service.GET('/api/v1/contracts/{contract_id}', { params: { path: of({ id }) }, ...when(signal) })) as Promise<ContractDetail>

export const recordContractEvent = (contract: Contract, body: EventOrder): Promise<ContractTaken> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/events', { ...on(contract), body }))

export const readContractEvents = async (id: number, signal?: AbortSignal): Promise<ContractEvent[]> =>
  (await answer(service.GET('/api/v1/contracts/{contract_id}/events', { params: { path: of({ id }) }, ...when(signal) }))).items

export const readContractFindings = (id: number, signal?: AbortSignal): Promise<ContractFindings> =>
  answer(service.GET('/api/v1/contracts/{contract_id}/findings', { params: { path: of({ id }) }, ...when(signal) }))

export const readMoney = (id: number, signal?: AbortSignal): Promise<Money> =>
  answer(service.GET('/api/v1/contracts/{contract_id}/payments', { params: { path: of({ id }) }, ...when(signal) }))

export const addPayment = (contract: Contract, body: PaymentMade): Promise<ContractTaken> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/payments', { ...on(contract), body }))

export const reversePayment = (contract: Contract, payment: number, body: Shapes['PaymentReversed']): Promise<ContractTaken> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/payments/{payment_id}/reversal', {
    params: { path: { ...of(contract), payment_id: payment } }, headers: { 'If-Match': etag(contract.version) }, body,
  }))

export const readPermits = async (id: number, signal?: AbortSignal): Promise<Permit[]> =>
  (await answer(service.GET('/api/v1/contracts/{contract_id}/permits', { params: { path: of({ id }) }, ...when(signal) }))).items

export const addPermit = (contract: Contract, body: PermitIssued): Promise<ContractDetail> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/permits', { ...on(contract), body }))

export const changePermit = (contract: Contract, permit: number, body: Shapes['PermitChange']): Promise<ContractDetail> =>
  answer(service.PATCH('/api/v1/contracts/{contract_id}/permits/{permit_id}', {
    params: { path: { ...of(contract), permit_id: permit } }, headers: { 'If-Match': etag(contract.version) }, body,
  }))

export const readWorks = async (id: number, signal?: AbortSignal): Promise<WorksReport[]> =>
  (await answer(service.GET('/api/v1/contracts/{contract_id}/works-reports', { params: { path: of({ id }) }, ...when(signal) }))).items

export const reportWorks = (contract: Contract, body: WorksReported): Promise<ContractDetail> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/works-reports', { ...on(contract), body }))

export const readExtensions = async (id: number, signal?: AbortSignal): Promise<Extension[]> =>
  (await answer(service.GET('/api/v1/contracts/{contract_id}/extensions', { params: { path: of({ id }) }, ...when(signal) }))).items

export const readExclusions = async (id: number, signal?: AbortSignal): Promise<Exclusion[]> =>
  (await answer(service.GET('/api/v1/contracts/{contract_id}/exclusions', { params: { path: of({ id }) }, ...when(signal) }))).items

export const addExclusion = (contract: Contract, body: ExclusionProved): Promise<ContractDetail> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/exclusions', { ...on(contract), body }))

export const endExclusion = (contract: Contract, exclusion: number, day: string): Promise<ContractDetail> =>
  answer(service.PATCH('/api/v1/contracts/{contract_id}/exclusions/{exclusion_id}', {
    params: { path: { ...of(contract), exclusion_id: exclusion } }, headers: { 'If-Match': etag(contract.version) }, body: { ends_on: day },
  }))

export const readStandardLand = (id: number, signal?: AbortSignal): Promise<StandardLand> =>
  answer(service.GET('/api/v1/contracts/{contract_id}/standard-land', { params: { path: of({ id }) }, ...when(signal) }))

export const signEdition = (contract: Contract, body: Shapes['EditionSigned']): Promise<ContractDetail> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/standard-land', { ...on(contract), body }))

export const measureActual = (contract: Contract, body: Shapes['ActualMeasured']): Promise<ContractDetail> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/standard-land/actuals', { ...on(contract), body }))

export const takeConsequence = (contract: Contract, body: Shapes['ConsequenceTaken']): Promise<ContractDetail> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/standard-land/steps', { ...on(contract), body }))

export const readClock = (id: number, signal?: AbortSignal): Promise<IdleClock> =>
  answer(service.GET('/api/v1/contracts/{contract_id}/clock', { params: { path: of({ id }) }, ...when(signal) }))

export const readCases = async (id: number, signal?: AbortSignal): Promise<IdleCase[]> =>
  (await answer(service.GET('/api/v1/contracts/{contract_id}/idle-cases', { params: { path: of({ id }) }, ...when(signal) }))).items

export const suspectIdle = (contract: Contract, body: Shapes['SuspicionRaised']): Promise<ContractTaken> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/idle-cases', { ...on(contract), body }))

export const takeIdleStep = (contract: Contract, idle: number, body: IdleStepOrder): Promise<ContractTaken> =>
  answer(service.POST('/api/v1/contracts/{contract_id}/idle-cases/{case_id}/steps', {
    params: { path: { ...of(contract), case_id: idle } }, headers: { 'If-Match': etag(contract.version) }, body,
  }))

export type LotToSign = Shapes['LotRead']

/** Lots that wait for a contract. */
export const listLotsToSign = async (signal?: AbortSignal): Promise<LotToSign[]> =>
  (await answer(service.GET('/api/v1/lots', { params: { query: { stage: ['sold', 'awarded'], limit: 200 } }, ...when(signal) }))).items
