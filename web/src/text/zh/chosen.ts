export const chosen = {
  label: '已选地块', count: '已选 {n} 宗', now: '已选 {n} 宗地块', most: '一次最多选 {n} 宗', pick: '选中 {code}', all: '选中列出的 {n} 宗',
  show: '定位', clear: '清除', check: '管控分析', checkTitle: '管控分析：{n} 宗', mode: '多选', modeHint: '点选多宗地块；也可按住 Ctrl 或 Shift 点击',
  two: '至少选两宗才能合并', tooMany: '一次最多合并 {n} 宗', onlyToday: '查看以往日期时不能合并',
  drop: '移出', dropOne: '移出 {code}', keys: '加选地块',
}
