"""Parameters that many endpoints share."""

from connectors.mvb2000.endpoints.declaration import Format, Param

SORT = Param("sort", "field to sort by")
SENS = Param("sens", "direction of sorting", choices=("ASC", "DESC", "asc", "desc"))
OFFSET = Param("offset", "rows to skip, from 0", format=Format.INTEGER)
ROWS = Param("rows", "most rows to return; the platform may return fewer", format=Format.INTEGER)

SORTING = (SORT, SENS)
PAGING = (OFFSET, ROWS, SORT, SENS)
