"""Metrics -> the text format of Prometheus: HELP, TYPE, and a line for each sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Label = tuple[str, str]

ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
LINE = str.maketrans({"\\": r"\\", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric and its samples: the labels of each, and its value."""

    name: str
    kind: Literal["counter", "gauge"]
    says: str
    samples: Sequence[tuple[Sequence[Label], float]]


def text(metrics: Iterable[Metric]) -> str:
    """Write metrics as a scraper reads them; one without samples is left out."""
    return "".join(f"{line}\n" for metric in metrics if metric.samples for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.says.translate(LINE)}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for labels, value in metric.samples:
        told = ",".join(f'{name}="{what.translate(ESCAPED)}"' for name, what in labels)
        yield f"{metric.name}{f'{{{told}}}' if told else ''} {value:.0f}"
