"""The process that sets a document: `python typesetter.py < ORDER.json > DOCUMENT.pdf`. It imports nothing of ours.

What stands in the data is text, never markup: the template reads it from `sys.inputs`. System fonts are left out, so
that a document looks the same whatever machine it is set on.
"""

import json
import resource
import sys
from pathlib import Path

import typst
from pylopdf_fonts_zh_cn import sans_path


def main() -> None:
    """Read the order, keep to its limits, write the PDF."""
    order = json.load(sys.stdin)
    for name, limit in order["limits"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
    template = Path(order["template"])
    document = typst.compile(
        template,
        root=template.parent,
        font_paths=[sans_path().parent],
        ignore_system_fonts=True,
        sys_inputs={"data": order["data"]},
        format="pdf",
    )
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    main()
