"""An open knowledge graph of environmental cooperation in North-East Asia.

`neagraph.open` and what it returns stand in `neagraph.face`, which is imported when first asked
for: the command line starts without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["Graph", "KnowledgeGraph", "Row", "Rows", "__version__", "open"]

if TYPE_CHECKING:
    from neagraph.face import Graph, KnowledgeGraph, Row, Rows, open  # noqa: A004
else:

    def __getattr__(name: str) -> object:
        if name in __all__:
            return getattr(import_module("neagraph.face"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
