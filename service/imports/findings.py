"""What is wrong, or worth knowing, about an imported file: one catalogue of codes with words in both languages."""

from dataclasses import asdict, dataclass
from numbers import Integral
from typing import Any, NamedTuple

from service.core.plurals import Count
from service.geo.crs import REFUSALS
from service.imports.comparison_words import COMPARED
from service.imports.format_findings import FORMATS, Severity
from service.imports.land_use_words import LAND_USES

_VALUE_LIMIT = 200  # characters of a quoted value that are worth keeping


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a file (`row` None) or a row of it (1-based), with the place and the value that caused it.

    `ring` counts the rings of the shape from 1; `point` is the number of the boundary point (界址点号) where the file
    numbers its points, else its position in the ring, from 1; two edges that cross read `J2–J3 × J7–J8`. `lon`, `lat`
    are degrees in EPSG:4490 where the place is known. An `error` stops the publication of the file.
    """

    code: str
    severity: Severity
    message: str
    message_en: str
    row: int | None = None
    field: str | None = None
    value: str | None = None
    lon: float | None = None
    lat: float | None = None
    ring: int | None = None
    point: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain members, ready for JSON."""
        return asdict(self)


class Kind(NamedTuple):
    """One code of the catalogue: severity and the sentence in both languages, with `{facts}` to fill in."""

    severity: Severity
    zh: str
    en: str


class Problem(Exception):
    """Reading can't go on; the one finding says why in words a clerk understands."""

    def __init__(self, found: Finding) -> None:
        """Carry `found` out of the reader."""
        super().__init__(found.message_en)
        self.finding = found


def finding(
    code: str,
    *,
    row: int | None = None,
    field: str | None = None,
    value: object = None,
    place: tuple[float, float] | None = None,
    ring: int | None = None,
    point: str | None = None,
    **facts: object,
) -> Finding:
    """Compose the finding `code` with its facts; `place` is (lon, lat). An unknown code is a KeyError.

    >>> finding("geometry_missing", row=3).message
    '该行没有图形'
    >>> finding("z_dropped", count=1).message_en
    '1 geometry has Z or M values, which were dropped'
    """
    kind = CATALOGUE[code]
    lon, lat = place or (None, None)
    shown = None if value is None else printable(value)
    at = None if point is None else printable(point)
    facts = {"value": shown, "ring": ring, "point": at, **{name: _fact(fact) for name, fact in facts.items()}}
    words = kind.zh.format_map(facts), kind.en.format_map(facts)
    return Finding(code, kind.severity, *words, row, field, shown, lon, lat, ring, at)


def problem(code: str, **facts: Any) -> Problem:  # noqa: ANN401 - handed to `finding` as they are
    """Compose the exception that ends reading with the finding `code`."""
    return Problem(finding(code, **facts))


def _fact(value: object) -> Count | str:
    return Count(int(value)) if isinstance(value, Integral) else printable(value)


def printable(value: object) -> str:
    """Make text from a hostile file safe to store and show: no control characters, no surrogates, not long."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value)[: _VALUE_LIMIT + 1])
    return text if len(text) <= _VALUE_LIMIT else text[:_VALUE_LIMIT] + "…"


CATALOGUE: dict[str, Kind] = {
    # The file
    "file_empty": Kind("error", "文件是空的", "The file is empty"),
    "file_damaged": Kind(
        "error", "文件已损坏或不完整，无法读取：{reason}", "The file is damaged or incomplete: {reason}"
    ),
    "file_too_large": Kind("error", "文件超过 {limit} MiB", "The file is larger than {limit} MiB"),
    "unknown_format": Kind(
        "error",
        "认不出的文件格式（{seen}）。可导入：GeoPackage、Shapefile、File Geodatabase（打成 ZIP）、GeoJSON、GeoParquet、"
        "KML/KMZ、DXF、界址点 TXT、Excel/CSV 界址点表",
        "Unknown format ({seen}). Accepted: GeoPackage, Shapefile, File Geodatabase (zipped), GeoJSON, GeoParquet, "
        "KML/KMZ, DXF, boundary-point TXT, boundary points in Excel or CSV",
    ),
    "unsupported_format": Kind(
        "error",
        "暂不支持 {seen}，请先转换为 {instead}",
        "{seen} is not yet supported: convert it to {instead}",
    ),
    "no_rows": Kind("error", "文件里没有任何地块", "The file holds no parcel"),
    "too_many_rows": Kind("error", "行数超过 {limit}，请拆分文件", "The file has more than {limit} rows; split it"),
    "too_many_fields": Kind("error", "字段数超过 {limit}", "The file has more than {limit} fields"),
    "too_many_findings": Kind(
        "warning", "问题太多，只列出前 {limit} 条", "Too many findings; the first {limit} are listed"
    ),
    "more_findings": Kind(
        "warning", "另有 {count} 条问题未列出", "{count:more finding is|more findings are} not listed"
    ),
    "layer_required": Kind(
        "error", "文件里有多个图层，请指定其中一个：{layers}", "The file has several layers; name one of: {layers}"
    ),
    "layer_unknown": Kind(
        "error", "没有图层“{layer}”，现有：{layers}", "There is no layer {layer}; the file has: {layers}"
    ),
    "no_polygon_layer": Kind("error", "文件里没有面图层（{seen}）", "The file has no polygon layer ({seen})"),
    "field_unusable": Kind(
        "warning",
        "字段“{field_name}”的类型不能导入，已略去：{kind}",
        "Field {field_name} was left out: its type can't be imported ({kind})",
    ),
    # The archive
    "archive_damaged": Kind("error", "压缩包已损坏：{reason}", "The archive is damaged: {reason}"),
    "archive_too_many_entries": Kind(
        "error", "压缩包内超过 {limit} 个文件", "The archive has more than {limit} entries"
    ),
    "archive_too_large": Kind("error", "压缩包解开后超过 {limit} MiB", "The archive unpacks to more than {limit} MiB"),
    "archive_ratio": Kind(
        "error",
        "“{name}”的压缩比超过 {limit}，疑似压缩炸弹",
        "{name} is compressed by more than {limit} times, as an archive bomb would be",
    ),
    "archive_name": Kind(
        "error", "压缩包内的文件名“{name}”不安全：{reason}", "The entry name {name} is not safe: {reason_en}"
    ),
    "archive_link": Kind("error", "压缩包内的“{name}”是链接或特殊文件", "The entry {name} is a link or a special file"),
    "archive_encrypted": Kind("error", "压缩包已加密（{name}），请去掉密码", "The archive is encrypted ({name})"),
    "archive_method": Kind(
        "error",
        "“{name}”的压缩方式 {method} 不支持，请用普通 ZIP 重新打包",
        "{name} uses compression method {method}: repack as a plain ZIP",
    ),
    "archive_nested": Kind("error", "压缩包里还有压缩包：{name}", "There is an archive inside the archive: {name}"),
    "archive_overlap": Kind("error", "压缩包内的文件互相重叠（{name}）", "Entries of the archive overlap ({name})"),
    "archive_duplicate": Kind("error", "压缩包内有同名文件：{name}", "Two entries of the archive are called {name}"),
    "archive_no_data": Kind(
        "error", "压缩包里没有可导入的文件（{seen}）", "The archive has nothing that can be imported ({seen})"
    ),
    # GeoPackage, Shapefile, GeoJSON, GeoParquet
    "gpkg_not_spatial": Kind(
        "error", "这是 SQLite 数据库，但不是 GeoPackage", "This is an SQLite database but not a GeoPackage"
    ),
    "gpkg_active_content": Kind(
        "error",
        "GeoPackage 含有{kind}“{name}”，不予打开。请导出为只含数据表的 GeoPackage",
        "The GeoPackage has the {kind_en} {name} and is not opened: export it with plain tables only",
    ),
    "shapefile_loose": Kind(
        "error",
        "Shapefile 由多个文件组成，请把 .shp .shx .dbf .prj（及 .cpg）一起上传，或打成一个 ZIP",
        "A Shapefile is several files: send .shp, .shx, .dbf, .prj (and .cpg) together, or in one ZIP",
    ),
    "shapefile_incomplete": Kind(
        "error", "Shapefile“{name}”缺少 {missing} 文件", "Shapefile {name} lacks its {missing} file"
    ),
    "shapefile_damaged": Kind(
        "error", "Shapefile“{name}”的 {part} 文件已损坏：{reason}", "The {part} file of {name} is damaged: {reason}"
    ),
    "encoding_guessed": Kind(
        "warning",
        "文件没有正确声明文字编码，按 {encoding} 读取，请核对汉字：{value}",
        "The file doesn't state its encoding rightly; read as {encoding}: check the names: {value}",
    ),
    "encoding_unknown": Kind(
        "error", "不认识的文字编码“{value}”，请改用 UTF-8 或 GB18030", "Unknown encoding {value}: use UTF-8 or GB18030"
    ),
    "encoding_wrong": Kind(
        "error", "按 {encoding} 读不通文字，请核对编码", "The text can't be read as {encoding}: check the encoding"
    ),
    "geojson_crs_link": Kind(
        "error",
        "GeoJSON 的 crs 不是坐标系名称（如外部链接），不予读取。请删去 crs 并在导入时声明坐标系",
        "The GeoJSON's crs is no name but, for example, a link: remove it and state the CRS of the import",
    ),
    "driver_remark": Kind("warning", "读取程序提示：{reason}", "The reading program remarks: {reason}"),
    "parquet_not_geo": Kind(
        "error", "Parquet 文件没有 GeoParquet 的 geo 说明", "The Parquet file has no GeoParquet metadata"
    ),
    "parquet_encoding": Kind(
        "error", "GeoParquet 的图形编码 {encoding} 不支持，请用 WKB", "GeoParquet encoding {encoding}: use WKB"
    ),
    **{code: Kind(*words) for code, words in FORMATS.items()},
    # Coordinate reference systems
    "crs_missing": Kind(
        "error",
        "文件没有坐标系，请在导入时声明：平面坐标如 EPSG:4526（带带号）、EPSG:4547，经纬度为 EPSG:4490",
        "The file states no coordinate system: state it with the import, for example EPSG:4526, 4547 or 4490 (degrees)",
    ),
    **{code: Kind("error", zh, en) for code, (zh, en) in REFUSALS.items()},
    "crs_conflict": Kind(
        "error",
        "声明的坐标系 {declared} 与文件自带的 {value} 不一致",
        "The stated CRS {declared} isn't the one in the file, {value}",
    ),
    "crs_taken_as_cgcs2000": Kind(
        "warning",
        "坐标系 {value} 按与 CGCS2000 相同处理（相差在厘米至分米级）",
        "{value} was taken as equal to CGCS2000 (centimetres to decimetres apart)",
    ),
    "crs_foreign": Kind(
        "warning",
        "坐标系 {value} 已用公开参数转换，精度约 {accuracy} 米",
        "{value} was converted with published parameters, good to about {accuracy} m",
    ),
    "coordinates_not_degrees": Kind(
        "error",
        "坐标系 {value} 是经纬度，但坐标像是以米为单位，请声明投影坐标系",
        "{value} is in degrees but the coordinates look like metres: state the projected CRS",
    ),
    "coordinates_swapped": Kind(
        "error",
        "坐标像是纵横颠倒（北坐标或纬度在前），请交换后再导入",
        "The coordinates look swapped (northing or latitude first): exchange them",
    ),
    "zone_mismatch": Kind(
        "error",
        "坐标{prefix}，与坐标系 {value} 不符，请核对是否应为 {likely}",
        "The eastings carry {prefix_en}, unlike {value}: should it be {likely_en}?",
    ),
    # Geometry
    "geometry_missing": Kind("error", "该行没有图形", "The row has no geometry"),
    "geometry_empty": Kind("error", "图形是空的", "The geometry is empty"),
    "geometry_unreadable": Kind("error", "图形数据读不通", "The geometry can't be decoded"),
    "geometry_malformed": Kind(
        "error",
        "图形不符合 GeoJSON 规范：{reason}（{value}）",
        "The geometry breaks the GeoJSON standard: {reason_en} ({value})",
    ),
    "geometry_type": Kind("error", "图形是 {value}，只接受面", "The geometry is a {value}; only polygons are accepted"),
    "geometry_invalid": Kind("error", "图形无效：{reason}", "The geometry is invalid: {reason_en}"),
    "ring_open": Kind("error", "界线没有闭合：最后一点不是第一点", "The ring is open: its last point isn't its first"),
    "self_crossing": Kind(
        "error", "界线自相交：界址线 {point} 相交或重合", "The boundary crosses itself: edges {point} meet"
    ),
    "point_repeated": Kind(
        "warning", "第 {ring} 圈的点 {point} 与上一点重复", "Point {point} of ring {ring} repeats the one before it"
    ),
    "spike": Kind(
        "warning", "第 {ring} 圈在点 {point} 处有尖刺", "The boundary has a spike at point {point} of ring {ring}"
    ),
    "sliver": Kind("warning", "图形过于狭长，平均宽 {width} 米", "The shape is a sliver, {width} m wide on average"),
    "hole": Kind(
        "warning",
        "图形有内环，挖去 {area} 平方米，请核对是否应为另一宗地",
        "The shape has holes of {area} m² in all: is there another parcel in them?",
    ),
    "hole_tiny": Kind(
        "warning",
        "内环（第 {ring} 圈）仅 {area} 平方米，疑为误绘",
        "The hole of ring {ring} has only {area} m², likely a fault",
    ),
    "geometry_too_complex": Kind(
        "error",
        "图形有 {value} 个{what}，超过 {limit}",
        "The geometry has {value} {what_en}; at most {limit} are accepted",
    ),
    "coordinate_not_finite": Kind("error", "坐标含有非数值（NaN 或无穷大）", "A coordinate is NaN or infinite"),
    "coordinate_out_of_range": Kind(
        "error", "坐标 {value} 超出坐标系范围", "The coordinate {value} is outside the range of the CRS"
    ),
    "z_dropped": Kind(
        "warning",
        "{count} 个图形带高程或量测值，只保留平面坐标",
        "{count:geometry has|geometries have} Z or M values, which were dropped",
    ),
    # Boundary-point TXT (勘测定界界址点坐标交换格式)
    "txt_no_parcels": Kind("error", "没有找到以 @ 结尾的地块行", "There is no parcel line (ending with @)"),
    "txt_point_line": Kind("error", "第 {line} 行不是“点号,圈号,X,Y”", "Line {line} isn't point,ring,X,Y"),
    "txt_point_outside": Kind(
        "error", "第 {line} 行的界址点不属于任何地块", "The point of line {line} comes before any parcel line"
    ),
    "txt_parcel_line": Kind("error", "第 {line} 行的地块信息读不通", "The parcel line {line} can't be read"),
    "txt_not_polygon": Kind(
        "warning", "第 {line} 行是{value}记录，未导入", "Line {line} is a record of kind {value} and was not imported"
    ),
    "txt_ring_short": Kind(
        "error", "第 {line} 行起的圈不足 3 个不同的点", "The ring from line {line} has fewer than 3 different points"
    ),
    "txt_point_repeated": Kind(
        "error", "第 {line} 行与上一点坐标相同", "The point of line {line} repeats the one before it"
    ),
    "txt_ring_open": Kind(
        "warning", "第 {line} 行起的圈没有闭合，已闭合", "The ring from line {line} was not closed; it has been closed"
    ),
    "txt_count": Kind(
        "warning",
        "第 {line} 行写明 {value} 个界址点，实有 {found} 行",
        "Line {line} states {value} as the number of points; {found:follows|follow}",
    ),
    "txt_axes_swapped": Kind(
        "warning",
        "X、Y 两列颠倒（X 应为北坐标），已按数值大小交换",
        "Columns X and Y are exchanged (X should be the northing); read by magnitude",
    ),
    "txt_axes_unclear": Kind(
        "error",
        "分不清哪一列是北坐标（第 {line} 行：{value}）",
        "It can't be told which column is the northing (line {line}: {value})",
    ),
    "txt_zone_missing": Kind(
        "error",
        "坐标没有带号前缀，文件头也没有带号，请声明坐标系",
        "Neither the eastings nor the header tell the zone: state the CRS",
    ),
    "txt_zone_mixed": Kind("error", "坐标含有多个带号：{value}", "The eastings carry several zone prefixes: {value}"),
    "txt_zone_differs": Kind(
        "warning",
        "文件头带号 {value}，坐标带号 {found}，按坐标",
        "The header says zone {value}, the eastings {found}: eastings win",
    ),
    "txt_header_missing": Kind("warning", "没有 [属性描述] 文件头", "The header section is missing"),
    "txt_header_unknown": Kind("warning", "文件头里有不认识的项：{value}", "The header has unknown keys: {value}"),
    "txt_unit": Kind("error", "计量单位“{value}”不是米", "The unit {value} isn't the metre"),
    "txt_area_unit": Kind(
        "warning", "第 {line} 行的地块面积按{unit}理解", "The area of line {line} was read as {unit_en}"
    ),
    # The fields of a parcel
    "fields_unused": Kind(
        "warning",
        "未导入的字段：{fields}（按“{map}”）",
        "Fields not imported: {fields} (map: {map_en})",
    ),
    "code_from_field": Kind(
        "warning",
        "文件没有地块编号一栏，以字段“{field_name}”作地块编号",
        "The file has no column of parcel codes; {field_name} was taken",
    ),
    "code_generated": Kind(
        "warning",
        "文件没有地块编号，已自动编号，从 {first} 起，请导入后更正",
        "The file has no parcel codes; they were made up from {first} on: put them right afterwards",
    ),
    "code_missing": Kind("error", "没有地块编号", "The parcel code is missing"),
    "code_invalid": Kind("error", "地块编号“{value}”有误：{reason}", "The parcel code {value} is wrong: {reason_en}"),
    "code_duplicate": Kind(
        "error", "地块编号“{value}”与第 {other} 行重复", "The parcel code {value} stands already on row {other}"
    ),
    "code_taken": Kind(
        "error",
        "地块编号“{value}”已在库中；本功能只新增地块，请先核对",
        "A parcel {value} exists already; an import only adds parcels",
    ),
    "code_retired": Kind(
        "error",
        "编号“{value}”属于已分割或合并的地块，不能再用",
        "The code {value} is of a parcel that was split or merged away; it is not used again",
    ),
    # What is there already, compared with the file
    **{code: Kind(*words) for code, words in COMPARED.items()},
    "cadastral_invalid": Kind(
        "error", "宗地代码“{value}”有误：{reason}", "The cadastral code {value} is wrong: {reason_en}"
    ),
    "cadastral_duplicate": Kind(
        "error", "宗地代码“{value}”与第 {other} 行重复", "The cadastral code {value} stands already on row {other}"
    ),
    "cadastral_taken": Kind(
        "error", "宗地代码“{value}”已在库中", "A parcel with cadastral code {value} exists already"
    ),
    "text_too_long": Kind("error", "文字超过 {limit} 个字符", "The text is longer than {limit} characters"),
    "number_unreadable": Kind("error", "“{value}”不是数字", "{value} is not a number"),
    "date_unreadable": Kind("error", "“{value}”不是日期", "{value} is not a date"),
    "date_implausible": Kind(
        "error",
        "日期 {value} 不在 1949-10-01 与今天之间",
        "The date {value} isn't between 1949-10-01 and today",
    ),
    "stage_unknown": Kind("error", "不认识的状态“{value}”", "Unknown stage {value}"),
    **{code: Kind(*words) for code, words in LAND_USES.items()},
    "bounds_unreadable": Kind("error", "规划条件“{value}”读不懂", "The planning bound {value} can't be read"),
    "bounds_impossible": Kind("error", "规划条件“{value}”不可能满足", "No building can meet the bound {value}"),
    "area_legal_implausible": Kind(
        "error", "法定面积 {value} 平方米不合理", "The legal area of {value} m² is implausible"
    ),
    "area_differs": Kind(
        "warning",
        "法定面积 {value} 平方米与图形面积 {measured} 平方米相差 {difference}（椭球面积 {ellipsoid} 平方米）{unit}",
        "The legal area of {value} m² differs by {difference} from the {measured} m² of the shape on the plane"
        " ({ellipsoid} m² on the ellipsoid){unit_en}",
    ),
    # The place of a parcel, and its neighbours
    "area_zero": Kind("error", "图形面积不足 {limit} 平方米", "The shape is smaller than {limit} m²"),
    "outside_china": Kind(
        "error", "图形不在中国范围内（经度 73–136，纬度 3–54）", "The shape lies outside China (73–136 E, 3–54 N)"
    ),
    "outside_jurisdiction": Kind("warning", "地块不在{name}范围内", "The parcel lies outside {name_en}"),
    "mostly_outside_jurisdiction": Kind(
        "error",
        "{count} 个地块中有 {outside} 个不在{name}范围内，请核对坐标系和管辖区",
        "Outside {name_en}: {outside} of {count:parcel|parcels}. Check the CRS and the jurisdiction",
    ),
    "gap_in_file": Kind(
        "warning",
        "与第 {other} 行的地块之间有 {width} 米的缝隙",
        "A gap of {width} m separates it from the parcel of row {other}",
    ),
    "gap_existing": Kind(
        "warning",
        "与库中地块 {value} 之间有 {width} 米的缝隙",
        "A gap of {width} m separates it from the parcel {value}",
    ),
    "overlap_in_file": Kind("error", "与第 {other} 行的地块重叠{area}", "Overlaps the parcel of row {other}{area_en}"),
    "overlap_sliver": Kind("warning", "与{other}的边界压盖{area}", "Its border crosses {other_en}{area_en}"),
    "overlap_existing": Kind("error", "与库中地块 {value} 重叠{area}", "Overlaps the existing parcel {value}{area_en}"),
    "overlap_undecidable": Kind(
        "error",
        "图形相互交错过密，无法检查重叠，请拆分文件",
        "The shapes are too interlaced to be checked for overlap: split the file",
    ),
    # The sandbox
    "reader_crashed": Kind("error", "读取文件时程序中止，文件可能已损坏", "Reading the file failed; it may be damaged"),
    "reader_timeout": Kind(
        "error", "读取文件超过 {limit} 秒，已停止", "Reading took longer than {limit} s and was stopped"
    ),
    "reader_memory": Kind("error", "读取文件所需内存超过 {limit} MiB", "Reading needs more than {limit} MiB of memory"),
}
