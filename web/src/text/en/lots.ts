import type { Text } from '../zh'

export const lots: Text['lots'] = {
  title: 'Notices and lots', hint: 'Notices, listings, sales and their deadlines; every round keeps its number and outcome.', filters: 'Filters', search: 'Lot number', draft: 'Draft',
  anyMethod: 'Any method', anyStage: 'Any stage', anyHold: 'Running or suspended', suspended: 'Suspended', awaiting: 'Awaiting an officer', overdue: 'overdue', provisional: 'provisional',
  roundOf: 'Round {n}', hectares: '{n} ha', rounds: 'Rounds', hiddenName: 'Name kept from you', timeline: 'What happened', noEvents: 'Not announced yet.', document: 'Document', clock: 'the clock',
  recorded: 'recorded by {who} on {at}', overridden: 'Exception: {reason}',
  unit: { yuan: 'yuan', wan: '10k yuan' },
  view: { label: 'View', board: 'Board', calendar: 'Calendar', list: 'List', notices: 'Notices', undated: 'Calendar and notices show today only; the day looked at does not change them.' },
  method: { tender: 'Tender', auction: 'Auction', listing: 'Listing', agreement: 'Negotiated grant', allocation: 'Allocation' },
  stage: { draft: 'Draft', announced: 'Announced', open: 'Open', publicised: 'Publicised', awarded: 'No objection', sold: 'Sold', concluded: 'Contracted', failed: 'No sale', terminated: 'Terminated', void: 'Award void' },
  column: { draft: 'Draft', announced: 'Announced', open: 'Open', publicity: 'Publicity', sold: 'Sold', concluded: 'Contracted', ended: 'No sale' },
  event: {
    announce: 'Announce', publicise: 'Publicise', open: 'Open', suspend: 'Suspend', resume: 'Resume', sell: 'Sell', award: 'Close the publicity', fail: 'End without a sale', terminate: 'Terminate', void_award: 'Void the award',
    conclude: 'Conclude', amend: 'Amend', confirm: 'Confirm the sale', publish_result: 'Publish the result',
  },
  will: {
    open: 'Offers are taken from now on; the land is “Listed”.', suspend: 'The round stops, its dates too; so does the land.', resume: 'The round goes on; its start and end move by the days of the pause.', sell: 'Sold to the highest valid offer; the land is “Sold”.',
    award: 'No objection within the time of publicity: a contract or an allocation decision can follow.', fail: 'The round ends without a sale; the land goes back to “Scheme approved” and can be announced again.', terminate: 'The round ends; the land goes back to “Scheme approved”.', void_award: 'The award is void and the deposit forfeited; the land goes back to “Scheme approved”.',
    confirm: 'The confirmation of the sale is signed with the winner.', publish_result: 'The result has been made public.',
  },
  act: {
    kind: 'What to record', date: 'Date', time: 'Time', note: 'Remark', reason: 'Reason (or a document)', needReason: 'Give a reason or choose a document', refused: 'Not possible now, see above', confirm: 'Confirm: {act}', done: '{number}: {act} recorded',
    top: 'Highest offer now', bidder: 'Winner of the tender', noticeOn: 'Resumption announced on', closesOn: 'New end',
  },
  publish: { title: 'Publish the notice', will: 'All lots ({n}) go out together and their terms are fixed; only a supplementary notice changes them.', willAmend: 'Changes the terms of lots: {n}.', date: 'Published on', confirm: 'Publish', done: 'Notice {number} is published' },
  board: { column: 'Stage', hint: 'Drag a card to its next stage, or use its Act button; see what the law says, then confirm.', none: 'No lots', bids: 'Bidders {bidders}, offers {bids}', act: 'Act', actOn: 'Act on {number}', all: 'All {n} ‹lot/lots›' },
  calendar: {
    before: 'Month before', after: 'Next month', today: 'This month', legend: '◇ notice   ▷ start   □ end or publicity over   ■ ended   △ due', empty: 'Nothing this month', emptyHint: 'Look at another month, or draft a notice.',
    notice: 'Notice', open: 'Start', close: 'End', end: 'Ended', publicity: 'Publicity over', confirm: 'Confirmation', result: 'Result due', refund: 'Deposits back',
  },
  list: { number: 'Lot number', stage: 'Stage', method: 'Method', round: 'Round', area: 'Area (ha)', notice: 'Notice', bids: 'Offers', empty: 'No such lots', emptyHint: 'Widen the filters, or draft a notice and add lots.' },
  notice: {
    begin: 'Draft a notice', confirm: 'Draft', number: 'Notice number', titleField: 'Title', centre: 'Trading centre', noCentre: 'No trading centre', jurisdiction: 'Jurisdiction', lots: 'Lots', publishedOn: 'Published {date}', supplement: 'Supplementary', supplements: 'Supplementary notices',
    original: 'Original notice', empty: 'No notices yet', emptyHint: 'Draft one, add the land of approved schemes, then publish it.', noLots: 'No lots in this notice yet', noLotsHint: 'Add the land of approved schemes.',
    amend: 'Draft a supplementary notice', amends: 'Amends {number}', amendTitle: '{title} (supplement)', amendLot: 'Change terms', amendHint: 'Dates can only move later; only what differs is published.', keep: 'Keep the changes', changed: 'changes: {n}',
  },
  lot: { add: 'Add a lot', change: 'Change', changeOf: 'Change {number}', drop: 'Take out', dropOf: 'Take out {number}', save: 'Save', scheme: 'Supply scheme', pickScheme: 'Choose an approved scheme', noScheme: 'No scheme can be offered' },
  terms: {
    title: 'Terms', noticeOn: 'Notice', opens: 'Start', closes: 'End', start: 'Start price', increment: 'Increment', ceiling: 'Ceiling', deposit: 'Deposit', floor: 'Floor', floorHidden: 'kept from you before the sale', reserve: 'Reserve',
    price: 'Price', premium: 'Premium', winner: 'Winner', taker: 'Taker', indicators: 'Standard land', indicatorsHint: 'Indices of industrial land sold as standard land; they are signed with the contract.', heldSince: 'Suspended since', endedOn: 'Ended on', confirmedOn: 'Confirmed on', resultOn: 'Result published', needMoney: 'Give an amount (10k yuan)',
  },
  duties: { title: 'Deadlines', done: 'done', open: 'to do' },
  land: { title: 'Land', area: 'Area', mu: 'mu', ha: 'ha', scheme: 'Scheme:', map: 'Show on the map', shape: 'Shape of the land: {codes}; north is up, the bar is {m} m', north: 'north ↑' },
  bidders: {
    title: 'Bidders and deposits', add: 'Add a bidder', change: 'Edit', changeOf: 'Edit {name}', none: 'No bidders yet.', name: 'Bidder', numbered: 'Bidder {n}', qualified: 'Examination', yes: 'Qualified', no: 'Not qualified', open: 'Not examined', paid: 'Deposit paid on',
    end: 'Deposit', refunded_on: 'Refunded', forfeited_on: 'Forfeited', credited_on: 'Counted to the price', shares: 'Shares (of a joint bid, by commas)', needShares: 'Give shares, such as 60, 40', ownFunds: 'The deposit comes from own funds', joint: 'joint {shares}', nothing: 'Nothing to do at present.',
  },
  bids: { title: 'Offers', none: 'No offers yet.', sealed: 'Tenders are sealed until they are opened.', yuan: 'Offer', at: 'Offered at', take: 'Take the offer' },
}
