import { defineStore } from 'pinia'
import { isRunFinished, readRun } from '@/api/constraints'
import { useWatched } from './watched'

/** Comparisons of many parcels with the control layers, started in this browser. */
export const useRuns = defineStore('runs', () => useWatched('watched-overlay-runs', readRun, isRunFinished))
