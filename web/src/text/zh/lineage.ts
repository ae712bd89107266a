export const lineage = {
  title: '沿革', split: '分割', merge: '合并', undo: '撤销', into: '变更为', self: '本地块', gone: '已注销', open: '打开 {code}',
  retired: '该地块已于 {date} 注销（分割、合并或撤销），编号不再使用，现为：',
  mergeTitle: '合并地块', old: '原地块', version: '版本', outcome: '合并后', newCode: '新编号', newCodeHint: '留空则按原编号顺延', legalHint: '法定面积来自批准文件；不由测算代替',
  splitTitle: '分割 {code}', parts: '分割后', legalM2: '法定面积（m²）', codeOf: '第 {n} 部分的编号', legalOf: '第 {n} 部分的法定面积',
  way: '分割方式', ways: { draw: '画线', points: '坐标', file: '文件' }, need: { draw: '请在地图上画分割线', points: '请填写分割线的坐标', file: '请选择含各部分图形的文件' },
  draw: { hint: '在地图上逐点单击，穿过地块，双击结束；靠近界线时自动吸附。', edit: '可拖动节点调整，右键单击删除节点。', undo: '撤销', redo: '重做', again: '重画', figures: '按坐标修改', long: '{n} 个点，长 {m} m' },
  points: '分割线的点',
  file: { file: '各部分的图形', hint: '与导入相同的格式，每一行是一个部分；文件不保存。', reading: '正在读取文件', read: '读到 {n} 个图形（EPSG:{crs}）', row: '第 {n} 行：', error: '错误', warning: '提示' },
  reason: '原因', override: '特批理由', overrideHint: '写明为何仍要办理；须审批人办理的还须附文件', badArea: '面积应为数字，单位 m²', trying: '正在试算…',
  findings: '检查结果', severity: { block: '不可办理', warn: '提示' },
  waiver: { reason: '填写特批理由后可以办理', approver: '审批人填写特批理由并附文件后可以办理' },
  obstacle: { trial: '试算未成功，见上', none: '有不可办理的问题，请先解决', approver: '须由审批人办理', reason: '请填写特批理由', document: '请附依据文件' },
  balance: {
    plane: { before: '原地块平面面积', after: '新地块平面面积' }, legal: { before: '原地块法定面积', after: '各部分法定面积' }, missing: '{n} 块待填', difference: '差值', fits: '平衡（允许 {m2} m²）', off: '超出允许的 {m2} m²',
  },
  stale: '地块刚被他人改动。重新读取后再办理，已填写的内容会保留。', forGood: '办理后原编号注销，查询时指向新地块；不能删除。',
  number: '变更号', ended: '注销', made: '新地块', oldCodes: '旧编号仍可查询，指向新地块。', done: { split: '已分割', merge: '已合并', undo: '已撤销' },
  undoing: {
    title: { split: '撤销分割', merge: '撤销合并', undo: '撤销' }, ends: '注销', revives: '恢复', note: '撤销原因', needNote: '请填写撤销原因', confirm: '撤销', done: '已撤销，原地块恢复',
    intro: '自原变更之日起视为未发生；新编号不再使用，原地块按原状恢复。新地块已有后续业务时不能撤销。', was: '已于 {date} 由 {actor} 撤销：',
  },
}
