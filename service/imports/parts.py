"""The files of one Shapefile sent side by side: they are kept as one ZIP, and that is what is imported."""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import BinaryIO

from service.core.errors import Invalid
from service.imports.shapefile import SUFFIXES

_BESIDE = (*SUFFIXES, ".sbn", ".sbx", ".qix", ".xml", ".cst", ".qmd", ".qpj")  # what programs leave beside a Shapefile
_CHUNK = 1 << 20


class NotOneShapefile(Invalid):
    """Several files at once that aren't the files of one Shapefile."""

    code, title_zh, title_en = "not-one-shapefile", "不是同一个 Shapefile", "Not one Shapefile"


@contextmanager
def together(files: Sequence[tuple[str, BinaryIO]]) -> Iterator[tuple[str, BinaryIO]]:
    """The one file that was sent, with its name; several are packed into a ZIP, equal for equal files.

    Raises:
        NotOneShapefile: several files that are not the files of one Shapefile.

    """
    if len(files) == 1:
        yield files[0]
        return
    names = sorted(name for name, _ in files)
    stems = {PurePath(name).name.split(".")[0].casefold() for name in names}
    suffixes = [PurePath(name).suffix.lower() for name in names]
    if len(stems) != 1 or suffixes.count(".shp") != 1 or not set(suffixes) <= set(_BESIDE):
        raise NotOneShapefile(
            f"一次上传多个文件时，应是同一个 Shapefile 的 .shp .shx .dbf .prj（及 .cpg）：{'、'.join(names[:20])}",
            f"Several files at once must be the .shp, .shx, .dbf, .prj (and .cpg) of one: {', '.join(names[:20])}",
        )
    with tempfile.TemporaryFile() as packed:
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in sorted(files, key=lambda file: file[0]):
                with archive.open(zipfile.ZipInfo(PurePath(name).name), "w") as sink:
                    while chunk := content.read(_CHUNK):
                        sink.write(chunk)
        packed.seek(0)
        yield f"{PurePath(names[0]).name.split('.')[0]}.zip", packed


def beside(path: Path) -> list[Path]:
    """The files of the Shapefile that a .shp belongs to, itself among them; any other file alone."""
    if path.suffix.lower() != ".shp":
        return [path]
    return sorted(p for p in path.parent.iterdir() if p.stem == path.stem and p.suffix.lower() in SUFFIXES)
