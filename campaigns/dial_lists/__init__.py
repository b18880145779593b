"""Dial lists: files that people send us → rows of text → contacts and refused rows."""

from campaigns.dial_lists.limits import ReadingLimits
from campaigns.dial_lists.opening import open_dial_list
from campaigns.dial_lists.rows import DialListFile, RowBatch, SheetInfo

__all__ = ["DialListFile", "ReadingLimits", "RowBatch", "SheetInfo", "open_dial_list"]
