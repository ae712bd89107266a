"""The plan as a workbook (国有建设用地供应计划表): which sheets and columns it has, in the official layout.

Read by the writer, by the child that opens a workbook from outside, and by the check of its rows; so it needs nothing.
"""

TOTALS_SHEET = "供应计划表"
ITEMS_SHEET = "供应计划明细"
TOTALS_HEADING = ("项目", "类别", "代码", "文件所载面积(公顷)", "明细合计(公顷)", "差额(公顷)", "宗数")
DIMENSION, MEMBER, MEMBER_CODE, DECLARED = TOTALS_HEADING[:4]

# Field of an item → its column.
COLUMNS: dict[str, str] = {
    "number": "序号",
    "key": "计划地块号",
    "parcel": "地块编号",
    "name": "地块名称",
    "region": "区域",
    "area_m2": "面积(公顷)",
    "use_class": "用途类别",
    "housing_class": "住房类别",
    "scheme": "用地分类",
    "use": "用地代码",
    "source": "来源",
    "method": "供应方式",
    "quarter": "季度",
    "month": "月份",
    "carried": "结转年度",
    "note": "备注",
    "geometry": "示意范围(WKT)",
}
REQUIRED = ("parcel", "name", "area_m2", "use_class")
"""Columns without which a sheet is not a plan's."""
MOST_ROWS = 20_000
