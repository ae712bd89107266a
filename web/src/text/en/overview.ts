import type { Text } from '../zh'

export const overview: Text['overview'] = {
  title: 'Supply at a glance', hint: 'Figures follow the data at once; each opens its rows.', lots: 'Number', mu: 'Area (mu)', areaMu: 'Area (mu)', yuan: 'yuan', download: 'Download CSV',
  span: 'From {first} to {last}, as it stood on {day}', knownAt: 'as known on {day}',
  filters: {
    label: 'Filter', year: 'Year', thisYear: '{n}', span: 'Days of one’s own', from: 'First day', to: 'Last day', jurisdiction: 'Jurisdiction', anyJurisdiction: 'All jurisdictions', region: 'Township', anyRegion: 'All townships',
    known: 'Known on', knownHint: 'Counts only what was recorded by that day; what was entered later is left out.',
  },
  figures: { parcels: 'Parcels', announced: 'Announced', sold: 'Sold', proceeds: 'Proceeds', atStart: '{n} at the start price', premium: 'Premium', priced: '{n} with a start price', owed: 'Overdue', paidRate: '{rate} of what is due is paid', held: 'Suspended' },
  stages: { title: 'Parcels by stage and township', measure: 'Show', place: 'Township', nowhere: 'In no township', total: 'Total' },
  events: { announce: 'Announced', publicise: 'Publicised', open: 'Opened', suspend: 'Suspended', resume: 'Resumed', sell: 'Sold', award: 'Awarded', fail: 'Failed', terminate: 'Terminated', void_award: 'Award void', conclude: 'Concluded', amend: 'Amended', confirm: 'Confirmed', publish_result: 'Result published' },
  trend: { title: 'Notices, sales and failures by month', chart: 'Bars of notices, sales and failures by month', list: 'The months as a table', month: 'Month', soldArea: 'Sold (mu)', proceeds: 'Proceeds', premium: 'Premium', premiumHint: '(price − start price) ÷ start price, of the sums of money; void awards left out.' },
  plans: { title: 'Plans', plan: 'Plan', none: 'No plan of these years is published', noneHint: 'Once a plan is published, its progress stands here.' },
  contracts: {
    title: 'Payment and hand-over', hint: 'Contracts signed in these days and not rescinded since', list: 'How contracts stand', price_yuan: 'Price', due_yuan: 'Due', paid_yuan: 'Paid', owed_yuan: 'Overdue', paid_rate: 'Paid of what is due', standing: 'Standing', n: 'Contracts',
    standings: { signed: 'Signed', owing: 'Payment overdue', delivered: 'Handed over', to_deliver: 'Not handed over', deliver_late: 'Hand-over overdue', to_start: 'Handed over, not started', start_late: 'Start overdue', started: 'Started', completed: 'Completed' },
  },
  idle: { title: 'Idle land', none: 'No land lies idle', parcel: 'Parcel', state: 'Idle', suspected: 'Suspected since', stage: 'Stage', contract: 'Contract', startDue: 'Start agreed' },
  rows: { none: 'No rows', number: 'Number', price: 'Price', round: 'Round {n}', signed: 'signed' },
}
