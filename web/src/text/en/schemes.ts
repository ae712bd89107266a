export const schemes = {
  status: { draft: 'Draft', submitted: 'Submitted', approved: 'Approved', withdrawn: 'Withdrawn', spent: 'Spent' },
  level: { district: 'District', city: 'City' },
  list: {
    title: 'Supply schemes', hint: 'What land is granted or allocated under: planning conditions, price, way of supply. Only an approved scheme can be announced or publicised.',
    name: 'Name', number: 'Number', method: 'Way of supply', level: 'Approved by', status: 'Status', parcels: 'Parcels', area: 'Area', approved: 'Approved on', jurisdiction: 'Jurisdiction',
    anyMethod: 'Any way', anyLevel: 'Any level', anyStatus: 'Any status', anyJurisdiction: 'Any jurisdiction', filters: 'Filter schemes', search: 'Name, number or parcel', empty: 'No scheme matches', emptyHint: 'Widen the filter, or begin a scheme for cleared land.', more: '{n} in all',
  },
  begin: {
    button: 'Begin a scheme', title: 'Begin a supply scheme', parcels: 'Parcel codes', parcelsHint: 'One a line, of one jurisdiction; uses and shares come from the land', name: 'Name', nameHint: 'Left out, it is made from the parcels', confirm: 'Begin', need: 'Give the parcel codes', of: 'Supply scheme',
  },
  page: {
    land: 'Land', uses: 'Uses and terms', terms: 'Conditions and price', evidence: 'Evidence', steps: 'Course', findings: 'Checks', edit: 'Change', fine: 'Nothing found', missing: 'Needed before it is submitted', done: 'Saved', sum: '{n} ‹parcel/parcels›, {area}',
  },
  land: {
    code: 'Parcel', area: 'Area', stage: 'Stage', before: 'Use before', farmland: 'Was farmland', collective: 'Was collective land', polluted: 'On the list of polluted plots', relics: 'Buried relics', may: 'Possible', no: 'Outside such areas', unknown: 'Unknown', gone: 'No longer in the scheme', facts: 'Before', none: 'Nothing special', title: 'Change the land', add: 'Add a parcel', remove: 'Take {code} out', code2: 'Parcel code', map: 'Show {code} on the map',
  },
  uses: { use: 'Use', share: 'Share', term: 'Term (years)', shareUnit: 'Share (%)', noTerm: 'No term', years: '{n} ‹year/years›', title: 'Change uses and terms', add: 'Add a use', remove: 'Remove this use', badShare: 'Give a share from 0 to 100', badTerm: 'Give the term', sum: '{n} % in all' },
  terms: {
    title: 'Change conditions and price', conditions: 'Planning conditions', price: 'Price decision', basic: 'Scheme',
    title_: 'Name', number: 'Number of the scheme', method: 'Way of supply', level: 'Approved by', conditions_number: 'Number of the conditions', conditions_on: 'Issued on', conditions_document: 'Conditions as issued', conditions_items: 'They state', all: 'All items', lacks: 'Not stated: {items}',
    benchmark: 'Benchmark price', floor: 'Lowest grant price', agreed: 'Agreed price', reserve: 'Reserve price', fee: 'New-land fee', compensation: 'Compensation', taxes: 'Taxes', price_on: 'Decided on', price_document: 'Price decision', subsidy: 'A subsidy, refund or reward hangs on the price', stock: 'Months of unsold housing', revived: 'Housing land revived this year', months: '{n} ‹month/months›', note: 'Note', hidden: 'Prices are confidential until the sale', none: 'Not given', perM2: '{n} yuan/m²', yes: 'Yes', no: 'No',
    wan: '10k yuan', yuanM2: 'yuan/m²', monthUnit: 'months', m2: 'm²', bad: 'Give a number', ofFloor: 'Of the benchmark',
  },
  evidence: {
    kind: { title: 'Clear title', compensation: 'Compensation settled', disputes: 'No legal or economic dispute', planning: 'Location, use and ratio fixed', site: 'Basic conditions for starting', archaeology: 'Archaeological survey', soil_survey: 'Soil survey', soil_review: 'Review of the soil survey', conversion: 'Conversion of farmland', expropriation: 'Expropriation' },
    clean: 'Clean land', before: 'Before the supply', shown: 'Document', toFollow: 'To follow', lacking: 'Not shown', all: 'All parcels', issued: 'Issued on', document: 'Document', note: 'Note', put: 'Attach', change: 'Replace', remove: 'Remove', title: 'Evidence: {kind}', parcel: 'For parcel', removeAsk: 'Remove the evidence for “{kind}”?', needDate: 'Give the day of issue', what: 'Matter', state: 'State', actions: 'Actions',
  },
  step: {
    create: 'Begin', submit: 'Submit', return: 'Return', endorse: 'Endorse', approve: 'Approve', withdraw: 'Withdraw', spend: 'Spend',
    will: {
      submit: 'Once submitted, the scheme stays as it is unless it is returned.', return: 'Give it back for more work, with the reason.', endorse: 'The district agrees; the city approves. Not by who submitted it.', approve: 'Cleared land can then be announced or publicised; land further on keeps its history. Not by who submitted it.', withdraw: 'The scheme ends; its land is free for another one.',
    },
    on: 'In force', at: 'Recorded', by: 'By', what: 'Step', note: 'Note', date: 'Effective on', number: 'Number of the approval', document: 'Document', confirm: 'Confirm: {step}', needNote: 'Give the reason', future: 'Not after today ({today})', missing: 'The scheme is incomplete', mine: 'Who submitted the scheme can not decide on it', endorseFirst: 'The district gives its opinion first', done: 'Done: {step}', exception: 'Exception: {reason}', title: '{step}: {name}',
  },
}
