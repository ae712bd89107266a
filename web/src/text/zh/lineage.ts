export const lineage = {
  title: '沿革', split: '分割', merge: '合并', into: '变更为', self: '本地块', gone: '已注销', open: '打开 {code}',
  retired: '该地块已于 {date} 分割或合并，编号不再使用，现为：',
}
