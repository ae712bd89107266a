import { Calendar, DataAnalysis, Files, Finished, MapLocation, Setting } from '@element-plus/icons-vue'
import type { Component } from 'vue'
import type { Permission } from '@/api/types'

/** A page that the rail and the `g` keys lead to; `inside`: the routes of the pages that it opens. */
export interface Place { route: string, title: string, key: string, needs?: Permission, inside?: readonly string[] }

/** An entry of the rail: it opens its first place that the person may use. */
export interface Section { name: 'map' | 'overview' | 'supply' | 'tracks' | 'data' | 'admin', icon: Component, places: Place[] }

export const SECTIONS: readonly Section[] = [
  { name: 'map', icon: MapLocation, places: [{ route: 'map', title: 'map', key: 'm', needs: 'parcel:read' }] },
  {
    name: 'overview',
    icon: DataAnalysis,
    places: [
      { route: 'overview', title: 'overview', key: 'o', needs: 'parcel:read' },
      { route: 'deadlines', title: 'deadlines', key: 'q', needs: 'parcel:read' },
    ],
  },
  {
    name: 'supply',
    icon: Calendar,
    places: [
      { route: 'plans', title: 'plans', key: 'p', needs: 'plan:read', inside: ['plan'] },
      { route: 'schemes', title: 'schemes', key: 's', needs: 'scheme:read', inside: ['scheme'] },
      { route: 'listings', title: 'listings', key: 't', needs: 'listing:read', inside: ['lot', 'notice'] },
      { route: 'contracts', title: 'contracts', key: 'h', needs: 'contract:read', inside: ['contract'] },
    ],
  },
  {
    name: 'tracks',
    icon: Finished,
    places: [
      { route: 'checklists', title: 'checklists', key: '8', needs: 'checklist:read', inside: ['checklist'] },
      { route: 'tracksInbox', title: 'tracksInbox', key: 'i', needs: 'checklist:read' },
      { route: 'statusSheet', title: 'statusSheet', key: 'x', needs: 'checklist:work' },
      { route: 'checklistTemplates', title: 'checklistTemplates', key: 'n', needs: 'checklist:read' },
      { route: 'checklistRules', title: 'checklistRules', key: 'j', needs: 'checklist:read' },
    ],
  },
  {
    name: 'data',
    icon: Files,
    places: [
      { route: 'imports', title: 'imports', key: 'd', needs: 'import:read', inside: ['import'] },
      { route: 'controlLayers', title: 'controlLayers', key: 'c', needs: 'layer:read' },
      { route: 'constraints', title: 'constraints', key: 'r', needs: 'parcel:read' },
      { route: 'rules', title: 'rules', key: 'b', needs: 'code:read' },
      { route: 'workdays', title: 'workdays', key: 'w', needs: 'workday:read' },
    ],
  },
  {
    name: 'admin',
    icon: Setting,
    places: [
      { route: 'users', title: 'users', key: 'u', needs: 'user:manage' },
      { route: 'keys', title: 'keys', key: 'k', needs: 'apikey:manage' },
      { route: 'audit', title: 'audit', key: 'l', needs: 'audit:read' },
    ],
  },
]

export const ACCOUNT: Place = { route: 'account', title: 'account', key: 'a' }

/** The sections with the places that `can` allows; a section without any is absent. */
export function openSections(can: (permission: Permission) => boolean): Section[] {
  return SECTIONS
    .map((section) => ({ ...section, places: section.places.filter((place) => place.needs === undefined || can(place.needs)) }))
    .filter((section) => section.places.length > 0)
}
