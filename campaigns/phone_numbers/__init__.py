"""Read, normalise and mask telephone numbers.

`words` names kinds, repairs and refusals; `damage` undoes what spreadsheets do to a text; `patterns` and `numbering`
turn the metadata of `phonenumbers` into tables; `judging` and `reading` read one number, `batch` a whole column;
`masking` shows one.
"""

from campaigns.phone_numbers.batch import NumberBatch, read_numbers
from campaigns.phone_numbers.masking import mask_number, national_form, significant_number
from campaigns.phone_numbers.reading import read_number
from campaigns.phone_numbers.words import NumberKind, NumberRefusal, PhoneNumber, RefusalReason, Repair

__all__ = [
    "NumberBatch",
    "NumberKind",
    "NumberRefusal",
    "PhoneNumber",
    "RefusalReason",
    "Repair",
    "mask_number",
    "national_form",
    "read_number",
    "read_numbers",
    "significant_number",
]
