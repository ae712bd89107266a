"""Rows into tables by COPY: CSV by Arrow, no Python per row, made while the database takes what was made before."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import psycopg
import pyarrow as pa
import pyarrow.csv
from psycopg import sql

Item = TypeVar("Item")


class Csv(NamedTuple):
    """Rows for a table, ready for COPY."""

    table: str
    columns: list[str]
    blocks: list[pa.Buffer]


def csv(table: str, columns: pa.Table) -> Csv:
    """Write columns as CSV."""
    blocks = []
    for batch in columns.to_batches(max_chunksize=5_000):
        sink = pa.BufferOutputStream()
        pa.csv.write_csv(batch, sink, pa.csv.WriteOptions(include_header=False))
        blocks.append(sink.getvalue())
    return Csv(table, columns.column_names, blocks)


def copy_in(connection: psycopg.Connection[Any], *some: Csv) -> None:
    """Add ready rows to their tables."""
    for table, columns, blocks in some:
        query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            for block in blocks:
                copy.write(block)


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Make each item while the one before is at work: here while the database takes it."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as aside:
        ready = aside.submit(next, items, None)
        while (item := ready.result()) is not None:
            ready = aside.submit(next, items, None)
            yield item
