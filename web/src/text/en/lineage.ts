export const lineage = {
  title: 'Lineage', split: 'Split', merge: 'Merge', into: 'became', self: 'this parcel', gone: 'ended', open: 'Open {code}',
  retired: 'Split or merged on {date}; its code is not used again. It is now:',
}
