export const overview = {
  title: '供应总览', hint: '数字随数据即时更新，点击任一数字查看明细。', lots: '宗数', mu: '面积（亩）', areaMu: '面积（亩）', yuan: '元', download: '下载 CSV',
  span: '统计期 {first} 至 {last}，状态截至 {day}', knownAt: '按 {day} 所知',
  filters: {
    label: '筛选', year: '年度', thisYear: '{n} 年', span: '自定时段', from: '起始日', to: '截止日', jurisdiction: '辖区', anyJurisdiction: '全部辖区', region: '办事处', anyRegion: '全部办事处',
    known: '知悉日期', knownHint: '只算到这一天为止登记的事项；此后补记的不算。',
  },
  figures: { parcels: '在册地块', announced: '公告', sold: '成交', proceeds: '成交价款', atStart: '底价成交 {n} 宗', premium: '溢价率', priced: '{n} 宗有起始价', owed: '逾期未缴', paidRate: '到期缴款率 {rate}', held: '中止' },
  stages: { title: '地块：状态 × 办事处', measure: '显示', place: '办事处', nowhere: '不在办事处内', total: '合计' },
  events: { announce: '公告', publicise: '公示', open: '挂牌', suspend: '中止', resume: '恢复', sell: '成交', award: '公示期满', fail: '流拍', terminate: '终止', void_award: '竞得作废', conclude: '签约', amend: '补充公告', confirm: '确认', publish_result: '公布结果' },
  trend: { title: '逐月公告、成交与流拍', chart: '逐月公告、成交与流拍宗数柱状图', list: '逐月数据', month: '月份', soldArea: '成交面积（亩）', proceeds: '成交价款', premium: '溢价率', premiumHint: '（成交价 − 起始价）÷ 起始价，按价款合计；竞得作废的不计。' },
  plans: { title: '计划完成率', plan: '计划', none: '统计期内没有已公布的计划', noneHint: '计划公布后在此显示进度。' },
  contracts: {
    title: '缴款与交地', hint: '统计期内签订、至今未解除的合同', list: '合同履行情况', price_yuan: '合同价款', due_yuan: '已到期', paid_yuan: '已缴', owed_yuan: '逾期未缴', paid_rate: '到期缴款率', standing: '履行情况', n: '合同',
    standings: { signed: '已签订', owing: '逾期未缴款', delivered: '已交地', to_deliver: '未交地', deliver_late: '逾期未交地', to_start: '已交地未动工', start_late: '逾期未动工', started: '已动工', completed: '已竣工' },
  },
  idle: { title: '闲置土地', none: '没有闲置土地', parcel: '地块', state: '闲置', suspected: '疑似起始', stage: '状态', contract: '合同', startDue: '约定动工' },
  rows: { none: '没有明细', number: '编号', price: '价款', round: '第 {n} 轮', signed: '签订' },
}
