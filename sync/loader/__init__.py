"""A stock file, text or workbook -> columns of text with the row numbers that a person sees.

Text stays text, byte for byte; nothing is turned into a number or a date, nothing is guessed. What cannot be read truthfully is a
fault of its row or cell; a file that cannot be taken at all is set aside in plain words.
"""

from sync.loader.formats import container
from sync.loader.source import grid, peek, read

__all__ = ["container", "grid", "peek", "read"]
