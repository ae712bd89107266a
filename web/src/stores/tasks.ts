import { defineStore } from 'pinia'
import { isFinished, readImport } from '@/api/imports'
import { useWatched } from './watched'

/** Imports started in this browser. */
export const useTasks = defineStore('tasks', () => useWatched('watched-imports', readImport, isFinished))
