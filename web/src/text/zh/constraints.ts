export const constraints = {
  rule: { forbidden: '禁止', needs_procedure: '须办手续', allowed: '允许' },
  stale: '已过期', withdrawn: '图层已撤回', drawn: '重叠部分已画在地图上，图案与各条一致。', staleWhy: '管控图层或地块图形在分析后有变化，请重新分析。',
  never: '还没有分析', neverHint: '与现行管控图层比对后，结果列在这里。',
  clear: '不涉及任何管控图层', clearHint: '与现行管控图层均无 1 m² 以上的重叠。',
  run: '立即分析', again: '重新分析', running: '正在分析', done: '管控分析完成：{n} 条结果',
  by: '{at} 由 {who} 分析',
  inside: '位于其中', outside: '超出范围', all: '全部',
  of: '{layer}（第 {version} 版，{date}）', source: '来源', law: '依据', unverified: '条文未核实', areas: '涉及',
  missing: '未导入图层，尚不可知：{types}',
  caution: '结果供初步判断，以主管部门意见为准。',
  layers: {
    title: '管控图层', hint: '同一类型、同一名称再次导入即为新版本：整体替换，旧版本留作历史，已有分析结果标为过期。',
    empty: '还没有管控图层', emptyHint: '导入永久基本农田、生态保护红线等图层后，可分析每宗地块涉及的管控。',
    type: '类型', name: '名称', rule: '规则', version: '版本', date: '数据日期', source: '来源', features: '区域', by: '导入人', at: '导入时间',
    inForce: '现行', superseded: '{date} 被替换', withdrawn: '{date} 撤回', acts: '操作', history: '显示历史版本', list: '图层清单', legend: '现行管控图层', none: '没有现行管控图层',
  },
  withdraw: {
    act: '撤回', open: '撤回“{name}”', title: '撤回管控图层', which: '第 {version} 版，{n} 个区域', map: '不再显示在地图上，也不再参与分析。',
    results: '依据它的分析结果保留，标为“图层已撤回”，不再有效。', before: '此前的版本不会恢复生效；需要时请重新导入。',
    reason: '撤回原因', reasonHint: '记入审计记录', needReason: '请写明撤回原因', confirm: '撤回', done: '已撤回“{name}”',
  },
  upload: {
    title: '导入管控图层', name: '图层名称', nameHint: '同名即新版本，例如“郑东新区永久基本农田”', source: '来源', sourceHint: '发布单位和文号', date: '数据日期',
    published: '管控图层已生效：{n} 个区域', toLayers: '查看管控图层',
    needType: '请选择类型', needName: '请填写名称', needSource: '请填写来源', needDate: '请填写数据日期',
  },
  bulk: {
    tray: '批量分析任务',
    title: '批量分析', hint: '把可见的全部地块与现行管控图层比对，替换已有结果。', start: '分析全部地块', progress: '管控分析进度', of: '已完成 {done} / {total} 宗', waiting: '等待处理',
    done: '分析完成：{n} 宗', failed: '分析未全部完成', task: '{at} 开始的分析', dismiss: '移除 {at} 开始的分析',
  },
  results: {
    title: '管控结果', hint: '最近一次分析中，各地块涉及的管控图层。', list: '结果清单', parcel: '地块', area: '面积（亩）', share: '占地块', at: '分析时间', state: '时效', current: '有效',
    rule: '规则', type: '类型', anyType: '全部类型', anyRule: '全部规则', anyState: '有效和过期', filters: '筛选结果',
    empty: '没有符合条件的结果', emptyHint: '请放宽筛选，或在“管控图层”中分析全部地块。',
  },
  tabs: '数据页面',
}
