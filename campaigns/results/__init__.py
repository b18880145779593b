"""The sheet that comes out: a workbook, a CSV or a Parquet file of what became of every row."""
