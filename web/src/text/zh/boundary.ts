export const boundary = {
  edit: '编辑界址', title: '编辑界址', close: '退出编辑', mapless: '无法显示地图，可在下表中逐点修改。',
  bar: {
    label: '界址编辑工具', edit: '改点', editHint: '拖动界址点；点击边上的小点插入；右键点击界址点、或在表中删除', outline: '重画', outlineHint: '依次点击新的外界，点击起点结束；完成后取代现有界线', first: '画界', firstHint: '依次点击地块的界址点，点击起点结束；靠近相邻界址时自动捕捉',
    hole: '挖除', holeHint: '画一个多边形，从地块中挖去', line: '切割', lineHint: '画一条横穿地块的线，双击或点击末点结束，再选择保留哪一块', snap: '捕捉相邻界址', undo: '撤销', redo: '重做', cutting: '正在切割…',
  },
  system: '坐标系', systems: { local: '{epsg}（不带带号）', prefixed: '{epsg}（带号）', degrees: '4490（经纬度）', own: '{epsg}' },
  ring: '圈', rings: { shell: '第 {n} 圈', hole: '第 {n} 圈（内环）' }, dropRing: '删去此圈',
  point: '点号', north: 'X（北）', east: 'Y（东）', latitude: '纬度', longitude: '经度', insert: '在 {name} 之后插入一点', remove: '删除 {name}', wrong: '“{value}”不是坐标', more: '再显示 {n} 点', of: '{name} 的{axis}',
  base: '以 {crs} 坐标保存；未改动的点与上次测量成果完全一致。', noBase: '该地块没有可直接沿用的测量成果，以经纬度保存。',
  area: '图形面积', before: '原 {m2} m²', legal: '法定面积 {m2} m²', unchanged: '没有改动', changed: '有未保存的改动',
  typed: { open: '输入坐标…', what: '坐标的用途', kinds: { line: '切割', hole: '挖除', outline: '新外界' }, label: { line: '切割线的点', hole: '挖除部分的点', outline: '新外界的点' }, act: { line: '按此线切割', hole: '挖去这一块', outline: '以此为外界' }, few: '至少三个不同的点', replaces: '取代现有的全部界线，包括内环。' }, keep: '切成 {n} 块，保留：', piece: '第 {n} 块（{m2} m²）', notCut: '这条线没有切开地块。', nothing: '这样挖除后什么也不剩。',
  check: '检查', checking: '正在检查…', save: '保存为新测量…', clean: '检查通过，没有发现问题。', found: '{errors} 个错误，{warnings} 个提示', stale: '改动后尚未重新检查', errors: '错误', warnings: '提示', show: '在地图上显示',
  mustCheck: '请先检查', mustMend: '请先改正错误',
  sheet: '保存为新测量：{code}', intro: '界线将按新的测量成果更新；原测量成果保留在历史中，不会被覆盖。', surveyedOn: '测量日期', surveyor: '测量单位', reason: '变更依据', reasonHint: '为何变更界线，如“东侧道路放线后复测”', optional: '可不填',
  newLegal: '新的法定面积（m²）', newLegalHint: '依据文件载明新面积时填写；不填则保持原法定面积', confirm: '保存', saved: '已保存为新测量', future: '测量日期不能晚于今天（{today}）', needAll: '请填写测量日期、测量单位和变更依据',
  conflict: '此地块刚被他人改动，当前编辑不能保存。重新读取将放弃本次编辑。', reread: '放弃并重新读取',
  first: {
    title: '新建地块', about: '新地块', code: '地块编号', codeHint: '不填则按“辖区-年份-序号”编号', name: '名称', jurisdiction: '管辖区', choose: '请选择', address: '坐落', list: '用途分类', use: '土地用途', usePlaceholder: '编码或名称',
    base: '以 {crs} 坐标保存。', baseNow: '将以 {crs} 坐标保存；画界前可改选坐标系。', mapless: '无法显示地图，请输入界址点坐标。', far: '放大地图后可捕捉相邻地块的界址点。', nothing: '请先画出或输入界线', needJurisdiction: '请选择管辖区', save: '保存地块…', saved: '已新建地块 {code}',
    sheet: '保存新地块', intro: '新地块以“谋划”状态登记，界线为它的首次测量成果。', reason: '建立依据', reasonHint: '如“收储项目选址红线”', legal: '法定面积（m²）', legalHint: '依据文件载明面积时填写', needAll: '请填写测量日期、测量单位和建立依据',
  },
  surveys: '界址测量', imported: '随文件导入', points: '{n} 个界址点', by: '{surveyor} 测量',
}
