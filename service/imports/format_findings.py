"""Words of the findings that belong to one format: severity, and the sentence in Chinese and English."""

from typing import Literal

Severity = Literal["error", "warning"]

FORMATS: dict[str, tuple[Severity, str, str]] = {
    "not_polygons_left": (
        "warning",
        "图层“{layer}”里有 {count} 个点、线、文字等非面要素，未导入",
        "Not imported, for being points, lines or texts: {count:feature|features} of layer {layer}",
    ),
    "geometry_curved": (
        "error",
        "图形含弧线段，请先转换为折线（加密）",
        "The geometry has curved segments: convert them to straight ones",
    ),
    "shapefile_deleted_rows": (
        "error",
        "Shapefile“{name}”的 .dbf 有 {count} 行标记为已删除，与图形对不上，请整理（Pack）后再导出",
        "{count:row|rows} of the .dbf of {name} marked as deleted, unlike the shapes: pack and export it again",
    ),
    "texts_cut": (
        "warning",
        "有 {count} 个值在汉字中间被截断（字段太短），已去掉半个字",
        "{count:value was|values were} cut inside a character by the width of their field; the half was dropped",
    ),
    "field_names_cut": (
        "warning",
        "字段名在汉字中间被截断，已去掉半个字：{fields}",
        "Field names were cut inside a character; the half was dropped: {fields}",
    ),
    "xml_doctype": (
        "error",
        "文件含有 DOCTYPE 或实体声明，不予读取",
        "The file declares a document type or entities and is not read",
    ),
    "kml_network_link": (
        "error",
        "KML 只有网络链接，数据不在文件里，请导出含数据的 KML",
        "The KML has network links only and no data of its own: export it with its data",
    ),
    "kml_links_left": (
        "warning",
        "KML 里有 {count} 个网络链接，没有访问",
        "{count:network link of the KML was|network links of the KML were} not followed",
    ),
    "kml_shape": (
        "error",
        "地标“{name}”的图形读不通：{reason}（{value}）",
        "The shape of placemark {name} can't be read: {reason_en} ({value})",
    ),
    # Drawings
    "dxf_no_polygons": (
        "error",
        "图纸里没有闭合线或填充（图层：{seen}）",
        "The drawing has no closed line and no hatch (layers: {seen})",
    ),
    "dxf_line_open": (
        "error",
        "线 {value} 没有闭合，首尾相距 {gap}",
        "Line {value} isn't closed: its ends are {gap} apart",
    ),
    # Tables
    "xlsx_active_content": (
        "error",
        "工作簿含有{kind}（{name}），不予打开。请另存为只有数据的 xlsx",
        "The workbook has a {kind_en} ({name}) and is not opened: save it with plain cells only",
    ),
    "table_no_shapes": (
        "error",
        "表格里没有图形：需要“点号、X、Y”（界址点表）、经度与纬度，或 WKT 列。现有：{seen}",
        "The table needs boundary points (point, X, Y), longitude and latitude, or WKT. Its columns: {seen}",
    ),
    "table_single_points": (
        "error",
        "每个地块只有一个点，不能构成面",
        "Every parcel has a single point, which makes no area",
    ),
    "table_no_points": (
        "error",
        "坐标列里没有一个数字",
        "There is not one number in the columns of coordinates",
    ),
    "table_point": (
        "error",
        "第 {line} 行的坐标“{value}”不是数字",
        "The coordinates {value} of line {line} aren't numbers",
    ),
    "table_line": ("error", "第 {line} 行读不通：{reason}", "Line {line} can't be read: {reason}"),
    "table_wkt": ("error", "WKT 读不通：{value}", "The WKT can't be read: {value}"),
    "table_mixed_crs": (
        "error",
        "第 {line} 行的坐标系与第一行不同（{value}）",
        "Line {line} has another coordinate system than the first ({value})",
    ),
}
