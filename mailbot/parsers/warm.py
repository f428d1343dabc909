"""What the server that children are forked from loads: the libraries, and the models of OCR.

Loading the models takes half as long as reading a page with them; children find them in memory.
"""

from contextlib import suppress

from mailbot.parsers import ocr, reader

__all__ = ["reader"]

with suppress(ocr.NoLanguageData):  # a child that needs them says so
    ocr.load()
