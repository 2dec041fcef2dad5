"""An open knowledge graph of environmental cooperation in North-East Asia."""

__version__ = "0.1.0"
