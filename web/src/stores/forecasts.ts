import { defineStore } from 'pinia'
import { isForecastFinished, readForecasts } from '@/api/checklistRules'
import { useWatched } from './watched'

/** Forecasts of all checklists anew, started in this browser. */
export const useForecasts = defineStore('forecasts', () => useWatched('watched-forecast-runs', readForecasts, isForecastFinished))
